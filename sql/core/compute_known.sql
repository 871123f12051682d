-- compute_known(principals, requests, retries): for each call the first answer
-- under its Idempotency-Key (core.idem_answer), NULL when there is none.  A call
-- without a key that is tried again is known by the public id that it brings.
CREATE FUNCTION core.compute_known(p_ids int[], p_reqs jsonb[], p_retries boolean[])
RETURNS core.answer[] LANGUAGE plpgsql AS $$
DECLARE
  a core.answer[] := '{}';
  i core.idem;
  v_key text;
  v_comp text;
BEGIN
  FOR n IN 1 .. cardinality(p_reqs) LOOP
    v_key := p_reqs[n] ->> 'idem_key';
    a[n] := NULL;
    IF v_key IS NOT NULL THEN
      SELECT * INTO i FROM core.idem x WHERE x.principal = p_ids[n] AND x.route = 'compute_submit' AND x.key = v_key;
      IF FOUND THEN
        a[n] := core.idem_answer(i, p_reqs[n]);
      END IF;
    ELSIF p_retries[n] THEN
      SELECT core.comp_id(m.public_id) INTO v_comp FROM core.computation m
       WHERE m.public_id = (p_reqs[n] ->> 'public_id')::uuid AND m.principal = p_ids[n];
      IF FOUND THEN
        a[n] := core.ok(202, jsonb_build_object('computation_id', v_comp), '{"replayed": true}');
      END IF;
    END IF;
  END LOOP;
  RETURN a;
END $$;
