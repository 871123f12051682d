-- cred_submit_many(auth, {jobs: [{job_id, kind, args, sealed, unlock_sha256}]}): up to
-- 1,000 credential jobs in one transaction; for each its id or why it is not
-- queued, in their order.  The whole is one call of the rate, and one under its
-- Idempotency-Key.
CREATE FUNCTION api.cred_submit_many(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  a core.answer;
  r jsonb;
  p core.cred_plan;
  v_tenant text;
  v_room bigint;
  v_jobs jsonb[] := '{}';
  v_lanes smallint[] := '{}';
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  a := core.cred_known(c, 'cred_submit_many', '{}', p_req);
  IF a.err IS NOT NULL OR a.status IS NOT NULL THEN
    RETURN a;
  END IF;
  IF jsonb_typeof(p_req -> 'jobs') IS DISTINCT FROM 'array' OR jsonb_array_length(p_req -> 'jobs') NOT BETWEEN 1 AND 1000 THEN
    RETURN core.refuse('VALIDATION_ERROR', 'jobs: 1 to 1000');
  END IF;
  v_tenant := core.tenant_of(c.id);
  v_room := core.cred_room(c.id);
  FOR r IN SELECT x FROM jsonb_array_elements(p_req -> 'jobs') x LOOP
    a := NULL;
    IF p_auth -> 'retry' = 'true' THEN
      a := core.cred_known(c, 'cred_submit', p_auth, r - 'idem_key');
    END IF;
    IF a.status IS NULL THEN
      PERFORM core.tenant_enter(v_tenant);
      p := core.cred_plan(c, r);
      a := CASE WHEN (p.refusal).err IS NOT NULL THEN p.refusal
                WHEN v_room < 1 THEN core.refuse('QUOTA_EXCEEDED', 'too many open jobs') END;
      IF a.err IS NULL THEN
        a := core.cred_accepted(core.cred_enqueue(c.id, v_tenant, p, r), p.lane);
        v_room := v_room - 1;
        v_lanes := CASE WHEN p.lane = ANY (v_lanes) THEN v_lanes ELSE v_lanes || p.lane END;
      END IF;
    END IF;
    v_jobs := v_jobs || coalesce(a.body, jsonb_build_object('error', jsonb_build_object('code', a.err, 'message', a.msg)));
  END LOOP;
  a := core.ok(202, jsonb_build_object('jobs', v_jobs), jsonb_build_object('ring', v_lanes, 'rate', c.rate));
  PERFORM core.idem_keep(c.id, 'cred_submit_many', p_req, a);
  RETURN a;
END $$;
