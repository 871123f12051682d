-- cred_held(job, token): the job while this run holds it, for the rest of the
-- transaction: whoever ends it waits for us.  All NULL when the token is gone.
-- Enters the tenant and the wallet of the job.  A job of the node itself (cron) has
-- its row made here.
CREATE FUNCTION core.cred_held(p_id uuid, p_token uuid) RETURNS core.cred_job LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  l core.lease;
  j core.cred_job;
BEGIN
  SELECT x.* INTO l FROM core.lease x WHERE x.id = p_id AND x.token = p_token FOR KEY SHARE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT x.* INTO j FROM core.cred_job x WHERE x.job_id = p_id;
  IF NOT FOUND THEN
    INSERT INTO core.cred_job (job_id, principal, tenant, kind, lane) VALUES (l.id, l.tenant, core.tenant_of(l.tenant), l.kind, l.lane) RETURNING * INTO j;
  END IF;
  PERFORM core.tenant_enter(j.tenant, j.wallet);
  RETURN j;
END $$;
