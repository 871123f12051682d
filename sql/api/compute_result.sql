-- compute_result(auth, {id, artifacts}): the state of a computation and, once
-- released, how to stream its results.  Its consumer sees all of it, the owner
-- of an input what it may decide on, operators and auditors the state.  The
-- ETag covers all but the estimates.
CREATE FUNCTION api.compute_result(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  f record;
  v_body jsonb;
  v_extra jsonb;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO f FROM core.compute_find(c, (p_req ->> 'id')::uuid);
  IF f.view IS NULL THEN
    RETURN core.compute_unknown();
  END IF;
  v_body := core.compute_body(f.m, f.view);
  v_extra := jsonb_build_object('wait_id', (f.m).job_id, 'final', v_body ->> 'status' <> 'pending', 'rate', c.rate,
      'etag', md5((v_body - ARRAY['queue_position', 'queue_position_capped', 'eta_s', 'usage'])::text
                  || coalesce(p_req ->> 'artifacts', '')));
  IF v_body ->> 'status' = 'completed' AND f.view = 'consumer' THEN
    v_extra := v_extra || jsonb_build_object('results',
        core.compute_results(f.m, p_req ->> 'artifacts' IS DISTINCT FROM 'none'));
  END IF;
  RETURN core.ok(200, v_body, v_extra);
END $$;
