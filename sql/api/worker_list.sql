-- worker_list(auth, {}): workers that live or drain, and those gone in the last hour.
CREATE FUNCTION api.worker_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  RETURN (
    SELECT core.ok(200, jsonb_build_object('data', coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'host', w.host, 'pid', w.pid,
             'version', w.version, 'state', w.state, 'lanes', w.lanes, 'specs', w.specs, 'pool', w.pool,
             'started_at', core.ts(w.started_at), 'beat', core.ts(w.beat), 'proved_at', core.ts(w.proved_at),
             'running', (SELECT count(*) FROM core.lease l WHERE l.worker = w.id)) ORDER BY w.id), '[]')))
      FROM core.worker w WHERE w.state <> 'gone' OR w.beat > clock_timestamp() - interval '1 hour');
END $$;
