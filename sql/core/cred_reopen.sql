-- cred_reopen(job): a dead credential job will be tried again: it is open once more,
-- and an index that it had is its own again, as nobody got what it stood for.
CREATE FUNCTION core.cred_reopen(p_job uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  UPDATE core.cred_job x SET finished_at = NULL WHERE x.job_id = p_job;
  PERFORM core.tenant_enter('*');
  UPDATE core.rev_index i SET state = 'taken' WHERE i.job = p_job;
  PERFORM core.tenant_enter('');
END $$;
