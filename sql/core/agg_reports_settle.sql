-- agg_reports_settle(task, job, ids, words): a leader's job has an outcome for each of its
-- reports, and no other.  Bytes go now, ids stay.  One that came too early for the helper is tried again,
-- as one of a job that was refused is (core.agg_give_back).
CREATE FUNCTION core.agg_reports_settle(t core.agg_task, j core.agg_job, p_ids uuid[], p_words text[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_early uuid[];
  v_lost bigint;
  w record;
BEGIN
  IF (SELECT array_agg(u ORDER BY u) FROM unnest(p_ids) u) IS DISTINCT FROM (SELECT array_agg(u ORDER BY u) FROM unnest(j.reports) u) THEN
    PERFORM core.job_fail('INTERNAL', 'outcomes are not those of the job''s reports');
  END IF;
  SELECT array_agg(u.id) FILTER (WHERE u.word = 'report_too_early'), count(*) FILTER (WHERE u.word NOT IN ('accepted', 'report_too_early')) INTO v_early, v_lost
    FROM unnest(p_ids, p_words) u(id, word);
  IF v_early IS NOT NULL THEN
    PERFORM core.agg_give_back(t, j, v_early, 'report_too_early');
  END IF;
  FOR w IN SELECT u.word, array_agg(u.id) AS ids FROM unnest(p_ids, p_words) u(id, word) WHERE u.word <> 'report_too_early' GROUP BY u.word LOOP
    PERFORM core.agg_report_end(t.task_no, w.ids, nullif(w.word, 'accepted'));
  END LOOP;
  IF t.mode = 2 AND v_lost > 0 THEN
    PERFORM core.batch_lost(t, j.bucket, v_lost);
  END IF;
END $$;
