-- cred_finished(job, state): a credential job has ended, whatever ended it but a run
-- that completed.
CREATE FUNCTION core.cred_finished(p_job uuid, p_state text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  j core.cred_job;
  d core.done;
BEGIN
  UPDATE core.cred_job x SET finished_at = clock_timestamp() WHERE x.job_id = p_job RETURNING x.* INTO j;
  SELECT x.* INTO d FROM core.done x WHERE x.id = p_job;
  PERFORM core.cred_settle(j, d.started_at, p_state = 'completed');
END $$;
