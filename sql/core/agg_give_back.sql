-- agg_give_back(task, job, ids, reason): reports of a leader's job that the helper did not commit
-- wait again, twice; then they failed for this reason.
CREATE FUNCTION core.agg_give_back(t core.agg_task, j core.agg_job, p_ids uuid[], p_reason text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_step constant bigint := CASE t.mode WHEN 1 THEN t.precision_s ELSE t.window_s END;
BEGIN
  WITH back AS (
    UPDATE core.agg_report r SET tries = r.tries + 1 FROM unnest(p_ids) u(id)
     WHERE r.task_no = t.task_no AND r.report_id = u.id AND r.tries < 2 RETURNING r.report_id, r.time, r.length),
  over AS (
    UPDATE core.agg_report r SET state = 'f', reason = p_reason, bytes = NULL, segment = NULL, at = NULL, length = NULL FROM unnest(p_ids) u(id)
     WHERE r.task_no = t.task_no AND r.report_id = u.id AND r.tries >= 2)
  INSERT INTO core.agg_stored (task_no, bucket, at, report_id, length)
  SELECT t.task_no, coalesce(b.time - b.time % v_step, 0), clock_timestamp(), b.report_id, b.length FROM back b;
  IF t.mode = 2 THEN
    UPDATE core.agg_batch b SET assigned = b.assigned - cardinality(p_ids) WHERE b.task_no = t.task_no AND b.batch_id = j.bucket;
  END IF;
END $$;
