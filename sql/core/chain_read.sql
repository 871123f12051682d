-- chain_read(chain, step): what the contract said in one range of blocks.  Leases
-- that pay somebody else are counted and not kept.  Returns the chain with its
-- cursor moved, and the leases that are kept.
CREATE FUNCTION core.chain_read(INOUT ch core.chain, p_step jsonb, OUT ids text[])
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_to constant bigint := (p_step ->> 'to')::bigint;
BEGIN
  IF v_to <= ch.cursor_block THEN
    RAISE EXCEPTION 'chain %: a step back to %', ch.name, v_to USING ERRCODE = 'data_exception';
  END IF;
  INSERT INTO core.chain_block (chain, number, hash) VALUES (ch.name, v_to, decode(p_step ->> 'hash', 'hex'));
  WITH said AS (
    SELECT * FROM jsonb_to_recordset(p_step -> 'leases') s (id text, found boolean, spender text, earner text, product text, price numeric,
      max_price numeric, approved boolean, executed boolean, executed_after boolean, disputed boolean, finalized boolean, created_at bigint)
     WHERE s.found),
  kept AS (
    INSERT INTO core.chain_lease (chain, lease_id, block, spender, earner, product, price, max_price, approved, executed, executed_after,
                                  disputed, finalized, created_at)
    SELECT ch.name, s.id, v_to, s.spender, s.earner, decode(s.product, 'hex'), s.price, s.max_price, s.approved, s.executed, s.executed_after,
           s.disputed, s.finalized, s.created_at
      FROM said s WHERE s.earner = ch.earner RETURNING lease_id)
  SELECT coalesce((SELECT array_agg(k.lease_id) FROM kept k), '{}'), ch.strangers + (SELECT count(*) FROM said s WHERE s.earner <> ch.earner)
    INTO ids, ch.strangers;
  ch.cursor_block := v_to;
END $$;
