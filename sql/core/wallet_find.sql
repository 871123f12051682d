-- wallet_find(wallet, type, query, after, limit): records that meet a query, in
-- the order that they were made, from the one after number after on.  Where the query
-- names a tag's value they are found by that; else the records of the type are
-- looked at, at most 20,000 of them a call: a page may be short, or empty, and
-- still have a next, which is NULL at the end.
CREATE FUNCTION core.wallet_find(p_wallet bigint, p_type bytea, q jsonb, p_after bigint, p_limit int, OUT ids bigint[], OUT next bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_keys constant bytea[] := core.query_keys(q);
  v_some bigint[];              -- candidates, as many as are asked for at a time
  v_id bigint;
  v_read int := 0;
BEGIN
  ids := '{}';
  next := p_after;
  WHILE v_read < 20000 LOOP
    v_some := core.wallet_candidates(p_wallet, p_type, v_keys, next, 500);
    FOREACH v_id IN ARRAY v_some LOOP
      IF cardinality(ids) >= p_limit THEN
        RETURN;
      ELSIF core.query_meets(v_id, q) THEN
        ids := ids || v_id;
      END IF;
      next := v_id;
    END LOOP;
    IF cardinality(v_some) < 500 THEN
      next := NULL;
      RETURN;
    END IF;
    v_read := v_read + 500;
  END LOOP;
END $$;
