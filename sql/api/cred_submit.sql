-- cred_submit(auth, {job_id, kind, args, sealed, unlock_sha256}): queue one
-- credential job, or say why not.  Nothing is written before the last check.
-- Locks: nonce, the principal's submit row, its idempotency key.
CREATE FUNCTION api.cred_submit(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  a core.answer;
  p core.cred_plan;
  v_tenant text;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  a := core.cred_known(c, 'cred_submit', p_auth, p_req);
  IF a.err IS NOT NULL OR a.status IS NOT NULL THEN
    RETURN a;
  END IF;
  v_tenant := core.tenant_of(c.id);
  PERFORM core.tenant_enter(v_tenant);
  p := core.cred_plan(c, p_req);
  IF (p.refusal).err IS NOT NULL THEN
    RETURN p.refusal;
  END IF;
  IF core.cred_room(c.id) < 1 THEN
    RETURN core.refuse('QUOTA_EXCEEDED', 'too many open jobs', 1000);
  END IF;
  a := core.cred_accepted(core.cred_enqueue(c.id, v_tenant, p, p_req), p.lane);
  a.extra := a.extra || jsonb_build_object('rate', c.rate);
  PERFORM core.idem_keep(c.id, 'cred_submit', p_req, a, (a.body ->> 'job_id')::uuid);
  RETURN a;
END $$;
