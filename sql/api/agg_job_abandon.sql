-- agg_job_abandon(task, job): an operator gives up an aggregation job of a leader (ids in base64url). One that
-- was never sent gives its reports back.  One that was may be committed at the helper: its bucket
-- diverged, its reports failed, and the batch takes no more and is never collected (batchMismatch).  The helper is not told:
-- DELETE would change nothing of what it committed, whose ids it keeps.  Returns what became of it.  Locks: the run's lease, then the task.
CREATE FUNCTION api.agg_job_abandon(p_task text, p_job text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  t core.agg_task;
  j core.agg_job;
BEGIN
  SELECT x.* INTO STRICT t FROM core.agg_task x WHERE x.task_id = core.b64u_read(p_task) AND x.role = 'leader';
  SELECT x.* INTO STRICT j FROM core.agg_job x WHERE x.task_no = t.task_no AND x.job_id = core.id16(p_job);
  PERFORM core.job_final(j.queue_id, 'cancelled', 'CANCELLED');
  PERFORM core.agg_alone(t.task_no);
  SELECT x.* INTO j FROM core.agg_job x WHERE x.job_no = j.job_no FOR UPDATE;
  IF j.state NOT IN ('new', 'sent') THEN
    RETURN j.state;
  END IF;
  UPDATE core.agg_job x SET state = 'failed', problem = 'abandoned', reports = NULL, finished_at = clock_timestamp() WHERE x.job_no = j.job_no;
  PERFORM core.job_final(j.queue_id, 'cancelled', 'CANCELLED');
  PERFORM core.event_add(core.psql_actor(), 'job.abandoned', 'agg:' || p_job, jsonb_build_object('state', j.state));
  IF j.state = 'new' THEN
    PERFORM core.agg_give_back(t, j, j.reports, 'report_dropped');
    RETURN 'given back';
  END IF;
  PERFORM core.agg_report_end(t.task_no, j.reports, 'report_dropped');
  PERFORM core.agg_diverge(t.task_no, j.bucket);
  PERFORM core.agg_count(t.task_no, 'aggregate', '{report_dropped}', ARRAY[j.n::bigint]);
  RETURN 'diverged';
END $$;
