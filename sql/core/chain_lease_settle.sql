-- chain_lease_settle(chain, lease): bring the local row of a chain's lease to what
-- the chain says now.  The local table stays the truth: what its owner rejected or
-- revoked, and a lease of that name that was granted by hand, are left alone; an
-- execution is only recorded.  What a reorganisation took away is undone: its
-- jobs end as if it had been revoked, and it may come again.
CREATE FUNCTION core.chain_lease_settle(ch core.chain, p_lease text) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v core.chain_lease;
  l core.data_lease;
  p core.product;
  v_verdict text;
  v_state text;
  v_facts jsonb;
BEGIN
  SELECT * INTO v FROM core.chain_lease x WHERE x.chain = ch.name AND x.lease_id = p_lease ORDER BY x.block DESC LIMIT 1;
  v_verdict := core.chain_verdict(ch.earner, v);
  SELECT * INTO l FROM core.data_lease x WHERE x.lease_id = p_lease FOR NO KEY UPDATE;
  IF FOUND AND l.chain ->> 'name' IS DISTINCT FROM ch.name THEN
    RETURN;
  END IF;
  v_state := CASE
    WHEN v_verdict = 'admitted' AND (l.serial IS NULL OR l.state = 'pending' OR l.chain ? 'undone') THEN 'approved'
    WHEN v_verdict = 'created' AND (l.serial IS NULL OR l.chain ? 'undone') THEN 'pending'
    WHEN v_verdict = 'gone' AND l.state IN ('pending', 'approved') THEN 'revoked'
    WHEN l.state = 'approved' AND NOT v.approved THEN 'pending'
    ELSE l.state END;
  IF v_state IS NULL THEN
    RETURN;
  END IF;
  v_facts := jsonb_strip_nulls(jsonb_build_object('name', ch.name, 'contract', ch.contract, 'block', v.block, 'approved', v.approved,
      'executed', v.executed, 'disputed', v.disputed, 'finalized', v.finalized,
      'undone', CASE WHEN v_verdict = 'gone' AND (v_state = 'revoked' AND l.state <> 'revoked' OR l.chain ? 'undone') THEN true END));
  IF l.serial IS NULL THEN
    SELECT * INTO STRICT p FROM core.product x WHERE x.chain_product_id = v.product;
    INSERT INTO core.data_lease (lease_id, owner, consumer, product_id, state, spender, earner, chain)
    SELECT p_lease, p.owner, a.principal, p.product_id, 'pending', v.spender, v.earner, v_facts
      FROM core.principal_address a WHERE a.address = v.spender
    RETURNING * INTO STRICT l;
  ELSIF l.state = v_state AND l.chain = v_facts THEN
    RETURN;
  END IF;
  PERFORM core.chain_lease_write(ch, l, v, v_state, v_facts);
END $$;
