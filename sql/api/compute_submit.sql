-- compute_submit(auth, request): queue one computation, or say why not; the
-- order of checks is that of the specification, and nothing is written before
-- the last of them.  The same Idempotency-Key gives the first answer again.
-- Locks, always in this order: the principal's submit row, its idempotency key,
-- the data lease.
CREATE FUNCTION api.compute_submit(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  p core.compute_plan;
  a core.answer;
  v_job uuid;
  v_held boolean;
  v_comp text := core.comp_id((p_req ->> 'public_id')::uuid);
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  a := core.idem_find(c.id, 'compute_submit', p_req);
  IF a.err IS NOT NULL OR a.status IS NOT NULL THEN
    RETURN a;
  END IF;
  FOR v_try IN 1 .. 2 LOOP    -- again when the lease changed between judgement and lock
    p := core.compute_plan(c, p_req);
    IF (p.refusal).err IS NOT NULL THEN
      RETURN p.refusal;
    END IF;
    IF NOT core.quota_check(c) THEN
      RETURN core.refuse('QUOTA_EXCEEDED', 'too many open jobs');
    END IF;
    v_held := core.lease_hold(p.serial, p.seen_at, p.counted);
    EXIT WHEN v_held;
  END LOOP;
  IF NOT v_held THEN
    RETURN core.refuse('FORBIDDEN', 'lease refused: LEASE_USED_UP');
  END IF;
  v_job := core.compute_enqueue(c, p, p_req, v_comp);
  a := core.ok(202, jsonb_build_object('computation_id', v_comp),
      jsonb_build_object('ring', 1, 'location', '/api/v1/privacy/results/' || v_comp, 'rate', c.rate));
  PERFORM core.idem_keep(c.id, 'compute_submit', p_req, a, v_job);
  RETURN a;
END $$;
