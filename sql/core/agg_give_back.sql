-- agg_give_back(task, job, ids, reason): reports of a leader's job that the helper did not commit
-- wait again, twice; then they failed for this reason.
CREATE FUNCTION core.agg_give_back(t core.agg_task, j core.agg_job, p_ids uuid[], p_reason text) RETURNS void LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = on AS $$
DECLARE
  v_step constant bigint := CASE t.mode WHEN 1 THEN t.precision_s ELSE t.window_s END;
  v_back uuid[];
BEGIN
  WITH back AS (
    UPDATE core.agg_report r SET tries = r.tries + 1 WHERE r.task_no = t.task_no AND r.report_id = ANY (p_ids) AND r.tries < 2 RETURNING r.report_id, r.time, r.length),
  put AS (
    INSERT INTO core.agg_stored (task_no, bucket, at, report_id, length)
    SELECT t.task_no, coalesce(b.time - b.time % v_step, 0), clock_timestamp(), b.report_id, b.length FROM back b RETURNING agg_stored.report_id)
  SELECT array_agg(p.report_id) INTO v_back FROM put p;
  PERFORM core.agg_report_end(t.task_no, ARRAY(SELECT u FROM unnest(p_ids) u EXCEPT SELECT u FROM unnest(v_back) u), p_reason);
  IF t.mode = 2 THEN
    UPDATE core.agg_batch b SET assigned = b.assigned - cardinality(p_ids) WHERE b.task_no = t.task_no AND b.batch_id = j.bucket;
  END IF;
END $$;
