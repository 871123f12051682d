-- cred_known(caller, route, auth, request): the answer that this call got before:
-- by its Idempotency-Key, or, when it is tried again after a commit in doubt, by the
-- id of its job.  Without err and status: go on.  The caller holds the submit row.
CREATE FUNCTION core.cred_known(c core.caller, p_route text, p_auth jsonb, r jsonb) RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  a core.answer := core.idem_find(c.id, p_route, r);
  j core.cred_job;
BEGIN
  IF a.status IS NOT NULL AND a.body ? 'job_id' THEN
    a.extra := (core.cred_accepted((a.body ->> 'job_id')::uuid, NULL)).extra - 'ring' || a.extra;
  ELSIF a.err IS NULL AND a.status IS NULL AND p_auth -> 'retry' = 'true' THEN
    SELECT x.* INTO j FROM core.cred_job x WHERE x.job_id = (r ->> 'job_id')::uuid AND x.principal = c.id;
    IF FOUND THEN
      a := core.cred_accepted(j.job_id, j.lane);
    END IF;
  END IF;
  RETURN a;
END $$;
