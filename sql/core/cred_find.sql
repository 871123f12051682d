-- cred_find(caller, job): the job if the caller may see it, and as whom: submitter,
-- tenant (the same tenant), state (an operator: no result).  All NULL:
-- there is none, or none for the caller.  Enters the caller's tenant.
CREATE FUNCTION core.cred_find(c core.caller, p_id uuid, OUT j core.cred_job, OUT view text)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_tenant constant text := core.tenant_of(c.id);
BEGIN
  PERFORM core.tenant_enter(v_tenant);
  SELECT x.* INTO j FROM core.cred_job x WHERE x.job_id = p_id;
  view := CASE WHEN j.principal = c.id THEN 'submitter' WHEN j.tenant = v_tenant THEN 'tenant' WHEN 'operator' = ANY (c.roles) THEN 'state' END;
  IF view IS NULL THEN
    j := NULL;
  END IF;
END $$;
