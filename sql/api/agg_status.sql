-- agg_status(auth, {}): tasks and peers, as the views of operators show them.
CREATE FUNCTION api.agg_status(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  RETURN core.ok(200, jsonb_build_object(
    'tasks', coalesce((SELECT jsonb_agg(to_jsonb(v)) FROM (SELECT * FROM ops.aggregate_task LIMIT 1000) v), '[]'),
    'peers', coalesce((SELECT jsonb_agg(to_jsonb(v)) FROM (SELECT * FROM ops.aggregate_peer LIMIT 1000) v), '[]')), jsonb_build_object('rate', c.rate));
END $$;
