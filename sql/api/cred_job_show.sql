-- cred_job_show(auth, {id, look}): one credential job.
CREATE FUNCTION api.cred_job_show(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  f record;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  f := core.cred_find(c, (p_req ->> 'id')::uuid);
  RETURN CASE WHEN f.view IS NULL THEN core.cred_unknown() ELSE core.cred_answer(c, f.j, f.view, p_req ->> 'look') END;
END $$;
