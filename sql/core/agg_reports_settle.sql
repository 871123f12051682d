-- agg_reports_settle(task, job, outcomes): a leader's job has an outcome for each of its
-- reports, and no other.  Bytes go now, ids stay.  One that came too early for the helper is tried again,
-- as one of a job that was refused is (core.agg_give_back).
CREATE FUNCTION core.agg_reports_settle(t core.agg_task, j core.agg_job, p_outcomes jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_early uuid[];
BEGIN
  IF (SELECT array_agg(o.id ORDER BY o.id) FROM core.agg_outcomes(j, p_outcomes) o) IS DISTINCT FROM (SELECT array_agg(u ORDER BY u) FROM unnest(j.reports) u) THEN
    PERFORM core.job_fail('INTERNAL', 'outcomes are not those of the job''s reports');
  END IF;
  v_early := ARRAY(SELECT o.id FROM core.agg_outcomes(j, p_outcomes) o WHERE o.word = 'report_too_early');
  IF v_early <> '{}' THEN
    PERFORM core.agg_give_back(t, j, v_early, 'report_too_early');
  END IF;
  UPDATE core.agg_report r
     SET state = CASE o.word WHEN 'accepted' THEN 'd' ELSE 'f' END::"char", reason = nullif(o.word, 'accepted'), bytes = NULL, segment = NULL, at = NULL, length = NULL
    FROM core.agg_outcomes(j, p_outcomes) o WHERE r.task_no = t.task_no AND r.report_id = o.id AND o.word <> 'report_too_early';
  IF t.mode = 2 THEN
    UPDATE core.agg_batch b SET assigned = b.assigned - x.n
      FROM (SELECT count(*) AS n FROM core.agg_outcomes(j, p_outcomes) o WHERE o.word NOT IN ('accepted', 'report_too_early')) x
     WHERE x.n > 0 AND b.task_no = t.task_no AND b.batch_id = j.bucket;
  END IF;
END $$;
