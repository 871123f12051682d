-- compute_reopen(job): a dead computation will be tried again: it is open once
-- more and holds a run of its lease if that counts them; the run that it had
-- used comes back.
CREATE FUNCTION core.compute_reopen(p_job uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  m core.computation;
BEGIN
  UPDATE core.computation c SET finished_at = NULL, release_state = 'none', updated_at = clock_timestamp()
   WHERE c.job_id = p_job RETURNING c.* INTO STRICT m;
  IF m.run_held THEN
    DELETE FROM core.run_note n WHERE n.serial = m.serial AND n.job_id = p_job;
    IF NOT FOUND THEN
      UPDATE core.data_lease d SET runs_used = d.runs_used - 1, runs_held = d.runs_held + 1 WHERE d.serial = m.serial;
    END IF;
  END IF;
END $$;
