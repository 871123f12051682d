-- cred_progress(lease, phase, done, total, unit): how far a run of a credential job is.
-- Within a phase of a run done never goes back.
CREATE FUNCTION core.cred_progress(l core.lease, p_phase text, p_done bigint, p_total bigint, p_unit text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  UPDATE core.cred_job j
     SET done = CASE WHEN j.attempt = l.attempt AND j.phase = left(p_phase, 64) THEN greatest(j.done, p_done) ELSE p_done END,
         attempt = l.attempt, phase = left(p_phase, 64), total = nullif(p_total, 0), unit = left(p_unit, 32)
   WHERE j.job_id = l.id;
END $$;
