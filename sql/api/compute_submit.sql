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
  v_answers core.answer[];
  v_turns int[];              -- of each call; NULL: it has its answer
  v_last int;
  v_turn int[];
  v_told core.answer[];
BEGIN
  SELECT array_agg(x.refusal ORDER BY x.n), array_agg(x.turn ORDER BY x.n), max(x.turn) INTO v_answers, v_turns, v_last
    FROM (SELECT u.n, u.refusal,      -- a call waits for the one before it under its key
                 CASE WHEN (u.refusal).err IS NULL
                      THEN row_number() OVER (PARTITION BY u.id, r.key, CASE WHEN r.key IS NULL THEN u.n END, (u.refusal).err IS NULL ORDER BY u.n)
                 END::int AS turn
            FROM unnest(c) WITH ORDINALITY u (id, public_id, roles, token, room, rate, refusal, n)
           CROSS JOIN LATERAL (SELECT p_reqs[u.n] ->> 'idem_key' AS key OFFSET 0) r) x;
  IF v_last = 1 AND array_position(v_turns, NULL) IS NULL THEN
    RETURN QUERY SELECT * FROM unnest(core.compute_turn(c, p_auths, p_reqs));
    RETURN;
  END IF;
  FOR k IN 1 .. coalesce(v_last, 0) LOOP
    v_turn := array_positions(v_turns, k);
    v_told := core.compute_turn(ARRAY(SELECT c[i] FROM unnest(v_turn) i), ARRAY(SELECT p_auths[i] FROM unnest(v_turn) i),
        ARRAY(SELECT p_reqs[i] FROM unnest(v_turn) i));
    FOR i IN 1 .. cardinality(v_turn) LOOP
      v_answers[v_turn[i]] := v_told[i];
    END LOOP;
  END LOOP;
  RETURN QUERY SELECT * FROM unnest(v_answers);
END $$;
