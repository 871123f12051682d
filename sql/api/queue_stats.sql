-- queue_stats(auth, {}): depth and age by lane, what runs (the 100 that run for
-- longest, with what they use), and how the last hour ended.
CREATE FUNCTION api.queue_stats(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  v_lanes jsonb;
  v_ends jsonb;
  v_running jsonb;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT jsonb_agg(core.lane_json(l) || jsonb_build_object('oldest_s', (
           SELECT ceil(extract(epoch FROM clock_timestamp() - min(core.uuid7_at(r.id))))::bigint
             FROM (SELECT x.id FROM core.ready x WHERE x.seg IN (0, 1) AND x.lane = l.id LIMIT 100000) r)) ORDER BY l.id)
    INTO v_lanes FROM core.lane l;
  SELECT coalesce(jsonb_agg(jsonb_build_object('state', d.state, 'reason', d.reason, 'jobs', d.n) ORDER BY d.state, d.reason), '[]')
    INTO v_ends
    FROM (SELECT e.state, e.reason, count(*) AS n FROM core.done e
           WHERE e.finished_at > clock_timestamp() - interval '1 hour' GROUP BY e.state, e.reason) d;
  SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(x)) ORDER BY x.claimed_s DESC), '[]') INTO v_running
    FROM (SELECT r.job, r.kind, r.lane, r.phase, r.worker, r.host, r.claimed_s, r.running_s, r.cpu_s, r.memory_mb, r.memory_peak_mb, r.disk_mb, r.pids
            FROM ops.running r LIMIT 100) x;
  RETURN core.ok(200, jsonb_build_object('lanes', v_lanes, 'running', v_running, 'last_hour', v_ends));
END $$;
