-- write_agg_back: the helper refused the whole job and committed nothing of it.
CREATE FUNCTION core.write_agg_back(s core.agg_subject, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  t core.agg_task;
  j core.agg_job;
BEGIN
  SELECT x.* INTO t FROM core.agg_task x WHERE x.task_no = s.task_no;
  SELECT x.* INTO j FROM core.agg_job x WHERE x.job_no = s.job_no FOR UPDATE;
  IF j.state NOT IN ('new', 'sent') THEN
    PERFORM core.job_fail('CANCELLED', 'the job has ended');
  END IF;
  PERFORM core.agg_give_back(t, j, j.reports, 'report_dropped');
  UPDATE core.agg_job x SET state = 'failed', problem = left(w ->> 'problem', 64), reports = NULL, finished_at = clock_timestamp() WHERE x.job_no = j.job_no;
  PERFORM core.agg_count(t.task_no, 'aggregate', '{given_back}', ARRAY[cardinality(j.reports)::bigint]);
  PERFORM core.agg_met(t.task_no, true, NULL, NULL, w ->> 'problem');
END $$;
