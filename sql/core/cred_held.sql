-- cred_held(lease): the credential job of a lease that the caller holds.  Enters the tenant
-- and the wallet of the job.  A job of the node itself (cron) has its row made here.
CREATE FUNCTION core.cred_held(l core.lease) RETURNS core.cred_job LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  j core.cred_job;
BEGIN
  SELECT x.* INTO j FROM core.cred_job x WHERE x.job_id = l.id;
  IF NOT FOUND THEN
    INSERT INTO core.cred_job (job_id, principal, tenant, kind, lane) VALUES (l.id, l.tenant, core.tenant_of(l.tenant), l.kind, l.lane) RETURNING * INTO j;
  END IF;
  PERFORM core.tenant_enter(j.tenant, j.wallet);
  RETURN j;
END $$;
