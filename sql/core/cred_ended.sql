-- cred_ended(lease, good): a run of a credential job said that it completed, and its job
-- has ended: good, or because its writes could not be made.
CREATE FUNCTION core.cred_ended(l core.lease, p_good boolean) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  j core.cred_job;
BEGIN
  IF p_good THEN
    SELECT x.* INTO j FROM core.cred_job x WHERE x.job_id = l.id;
    PERFORM core.cred_settle(j, l.started_at, true);
  END IF;
  PERFORM core.cred_pace_add(l);
END $$;
