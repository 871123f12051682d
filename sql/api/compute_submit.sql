-- compute_submit(auths, requests): queue computations, or say why not: one
-- answer for each call, in their order, as if each had been made alone.  The order
-- of checks is that of the specification, and nothing of a call is written before
-- the last of them.  The same Idempotency-Key gives the first answer again; so does
-- the same public id, to a call that is tried again (auth.retry).
-- Locks, always in this order: nonces, the principals' submit rows, their
-- idempotency keys, the data leases.
CREATE FUNCTION api.compute_submit(p_auths jsonb[], p_reqs jsonb[])
RETURNS SETOF core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  c constant core.caller[] := core.callers(p_auths);
  v_answers core.answer[] := '{}';
  v_told core.answer[];
  v_wait int[] := '{}';       -- calls without an answer
  v_turn int[];
  v_later int[];
  v_keys text[];
  v_key text;
BEGIN
  FOR i IN 1 .. cardinality(p_reqs) LOOP
    v_answers[i] := (c[i]).refusal;
    IF (v_answers[i]).err IS NULL THEN
      v_wait := v_wait || i;
    END IF;
  END LOOP;
  WHILE v_wait <> '{}' LOOP    -- a call waits for the one before it under its key
    v_turn := '{}';
    v_later := '{}';
    v_keys := '{}';
    FOR i IN 1 .. cardinality(v_wait) LOOP
      v_key := (c[v_wait[i]]).id || ' ' || (p_reqs[v_wait[i]] ->> 'idem_key');
      IF v_key = ANY (v_keys) THEN
        v_later := v_later || v_wait[i];
      ELSE
        v_turn := v_turn || v_wait[i];
        v_keys := v_keys || v_key;
      END IF;
    END LOOP;
    v_told := core.compute_turn(ARRAY(SELECT c[i] FROM unnest(v_turn) i), ARRAY(SELECT p_reqs[i] FROM unnest(v_turn) i),
        ARRAY(SELECT (p_auths[i] ->> 'retry')::boolean FROM unnest(v_turn) i));
    FOR i IN 1 .. cardinality(v_turn) LOOP
      v_answers[v_turn[i]] := v_told[i];
    END LOOP;
    v_wait := v_later;
  END LOOP;
  RETURN QUERY SELECT * FROM unnest(v_answers);
END $$;
