-- agg_status(auth, {}): tasks, peers, jobs and collections that have not ended, and runs of prio1, as the views
-- of operators show them; of runs the latest.
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
    'peers', coalesce((SELECT jsonb_agg(to_jsonb(v)) FROM (SELECT * FROM ops.aggregate_peer LIMIT 1000) v), '[]'),
    'jobs', coalesce((SELECT jsonb_agg(to_jsonb(v)) FROM (SELECT * FROM ops.aggregate_job j WHERE j.state IN ('new', 'sent') LIMIT 1000) v), '[]'),
    'collections', coalesce((SELECT jsonb_agg(to_jsonb(v)) FROM (SELECT * FROM ops.aggregate_collection x WHERE x.state IN ('waiting', 'closing', 'running') LIMIT 1000) v), '[]'),
    'runs', coalesce((SELECT jsonb_agg(to_jsonb(v)) FROM (SELECT * FROM ops.prio_run r ORDER BY r.looked_at DESC, r.config, r.date, r.batch_id LIMIT 1000) v), '[]')), jsonb_build_object('rate', c.rate));
END $$;
