-- agg_met(task, failed, latency, status, error): what was met at the task's other node.  A
-- figure for people: if another run writes the row, this one is left out.
CREATE FUNCTION core.agg_met(p_task int, p_failed boolean, p_ms double precision, p_status int, p_error text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO core.agg_peer (task_no) VALUES (p_task) ON CONFLICT DO NOTHING;
  UPDATE core.agg_peer p
     SET answers = p.answers + (NOT p_failed)::int, retries = p.retries + p_failed::int, status = coalesce(p_status, p.status), at = clock_timestamp(),
         mean_ms = coalesce(p.mean_ms + (p_ms - p.mean_ms) / 8, p_ms, p.mean_ms),
         last_error = CASE WHEN p_failed THEN left(p_error, 200) ELSE p.last_error END, error_at = CASE WHEN p_failed THEN clock_timestamp() ELSE p.error_at END
   WHERE p.ctid = (SELECT x.ctid FROM core.agg_peer x WHERE x.task_no = p_task FOR UPDATE SKIP LOCKED);
END $$;
