-- cred_job_cancel(auth, {id}): end a credential job in whatever phase it is; 200
-- with the job as it is then, also when it had ended before.  Its worker is told
-- to kill it.  Who submitted it may, others of the tenant, and operators.
CREATE FUNCTION api.cred_job_cancel(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  f record;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  f := core.cred_find(c, (p_req ->> 'id')::uuid);
  IF f.view IS NULL THEN
    RETURN core.cred_unknown();
  END IF;
  PERFORM core.job_cancel((f.j).job_id, c.public_id, 'CANCELLED',
    jsonb_build_object('by', CASE f.view WHEN 'submitter' THEN 'you' WHEN 'tenant' THEN 'your tenant' ELSE 'operator' END));
  f := core.cred_find(c, (p_req ->> 'id')::uuid);
  RETURN core.cred_answer(c, f.j, f.view, NULL);
END $$;
