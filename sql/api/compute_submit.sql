-- compute_submit(auths, requests): queue computations, or say why not: one
-- answer for each call, in their order, as if each had been made alone.  The order
-- of checks is that of the specification, and nothing of a call is written before
-- the last of them.  The same Idempotency-Key gives the first answer again.
-- Locks, always in this order: nonces, the principals' submit rows, their
-- idempotency keys, the data leases.
CREATE FUNCTION api.compute_submit(p_auths jsonb[], p_reqs jsonb[])
RETURNS SETOF core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  v_callers constant core.caller[] := core.callers(p_auths);
  v_answers core.answer[] := '{}';
  v_wait core.compute_call[] := '{}';
  v_turn core.compute_call[];
  v_later core.compute_call[];
  v_keys text[];
  v_key text;
  u core.compute_call;
BEGIN
  FOR i IN 1 .. cardinality(p_reqs) LOOP
    v_answers[i] := (v_callers[i]).refusal;
    IF (v_answers[i]).err IS NULL THEN
      v_wait := v_wait || ROW(i, (v_callers[i]).id, (v_callers[i]).public_id, (v_callers[i]).room, (v_callers[i]).rate,
          p_reqs[i], NULL, NULL, NULL, NULL, NULL)::core.compute_call;
    END IF;
  END LOOP;
  WHILE cardinality(v_wait) > 0 LOOP    -- a call waits for the one before it under its key
    v_turn := '{}';
    v_later := '{}';
    v_keys := '{}';
    FOREACH u IN ARRAY v_wait LOOP
      v_key := u.principal || ' ' || (u.req ->> 'idem_key');
      IF v_key = ANY (v_keys) THEN
        v_later := v_later || u;
      ELSE
        v_turn := v_turn || u;
        v_keys := v_keys || v_key;
      END IF;
    END LOOP;
    FOREACH u IN ARRAY core.compute_turn(v_turn) LOOP
      v_answers[u.n] := u.answer;
    END LOOP;
    v_wait := v_later;
  END LOOP;
  FOR i IN 1 .. cardinality(v_answers) LOOP
    RETURN NEXT v_answers[i];
  END LOOP;
END $$;
