-- wallet_find(wallet, type, query, after, limit): records that meet a query, in
-- the order that they were made, from the one after number after on.  Where the query
-- names a tag's value they are found by that; else the records of the type are
-- looked at, at most 20,000 of them a call: a page may be short, or empty, and
-- still have a next, which is NULL at the end.  type NULL: all.
CREATE FUNCTION core.wallet_find(p_wallet bigint, p_type bytea, q jsonb, p_after bigint, p_limit int, OUT ids bigint[], OUT next bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_keys constant bytea[] := core.query_keys(q);
  v_id bigint;
  v_read int := 0;
BEGIN
  ids := '{}';
  next := p_after;
  FOR v_id IN
    SELECT i.id FROM core.wallet_item i
     WHERE v_keys IS NULL AND i.wallet = p_wallet AND i.id > p_after AND (p_type IS NULL OR i.type = p_type)
       AND (i.expires_at IS NULL OR i.expires_at > clock_timestamp())
    UNION ALL
    SELECT i.id FROM (SELECT DISTINCT t.item FROM core.wallet_tag t WHERE v_keys IS NOT NULL AND t.digest = ANY (v_keys) AND t.item > p_after) x
      JOIN core.wallet_item i ON i.id = x.item
     WHERE i.wallet = p_wallet AND i.type = p_type AND (i.expires_at IS NULL OR i.expires_at > clock_timestamp())
     ORDER BY 1 LIMIT 20001
  LOOP
    IF cardinality(ids) >= p_limit OR v_read >= 20000 THEN
      RETURN;
    END IF;
    v_read := v_read + 1;
    IF core.query_meets(v_id, q) THEN
      ids := ids || v_id;
    END IF;
    next := v_id;
  END LOOP;
  next := NULL;
END $$;
