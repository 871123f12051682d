-- agg_give_back(task, job, ids, reason): reports of a leader's job that the helper did not commit
-- wait again, twice, agg_back_s and then twelve times as long, and one that came too early until its
-- time has come at any clock within the skew; so a helper that has not the task yet, or another
-- time, does not lose them.  Then they failed for this reason, and are counted.
CREATE FUNCTION core.agg_give_back(t core.agg_task, j core.agg_job, p_ids uuid[], p_reason text) RETURNS void LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = on AS $$
DECLARE
  v_step constant bigint := CASE t.mode WHEN 1 THEN t.precision_s ELSE t.window_s END;
  v_wait constant interval := core.setting_int('agg_back_s') * interval '1 s';
  v_back uuid[];
  v_lost uuid[];
BEGIN
  WITH back AS (
    UPDATE core.agg_report r SET tries = r.tries + 1 WHERE r.task_no = t.task_no AND r.report_id = ANY (p_ids) AND r.tries < 2 RETURNING r.report_id, r.time, r.length, r.tries),
  put AS (
    INSERT INTO core.agg_stored (task_no, bucket, at, report_id, length, since)
    SELECT t.task_no, coalesce(b.time - b.time % v_step, 0),
           greatest(clock_timestamp() + v_wait * CASE b.tries WHEN 1 THEN 1 ELSE 12 END, CASE WHEN p_reason = 'report_too_early' THEN to_timestamp(b.time + t.skew_s) END),
           b.report_id, b.length, coalesce(j.since, j.created_at) FROM back b RETURNING agg_stored.report_id)
  SELECT array_agg(p.report_id) INTO v_back FROM put p;
  v_lost := ARRAY(SELECT u FROM unnest(p_ids) u EXCEPT SELECT u FROM unnest(v_back) u);
  IF v_lost <> '{}' THEN
    PERFORM core.agg_report_end(t.task_no, v_lost, p_reason);
    PERFORM core.agg_count(t.task_no, 'aggregate', ARRAY[p_reason], ARRAY[cardinality(v_lost)::bigint]);
  END IF;
  IF t.mode = 2 THEN
    PERFORM core.batch_lost(t, j.bucket, cardinality(p_ids));
  END IF;
END $$;
