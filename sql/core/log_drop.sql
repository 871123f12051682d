-- log_drop(job): the job has ended; who followed its output reads what was kept.
CREATE FUNCTION core.log_drop(p_job uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  DELETE FROM core.log_part x WHERE x.job_id = p_job;
  IF FOUND THEN
    PERFORM pg_notify('change', core.log_id(p_job)::text);
  END IF;
END $$;
