-- lease_json(lease): the v1 fields, whose status knows three words, and ours.
-- disputes: those that are open.  price is in wei, as v1 has it: the decimal price times 10^18.
CREATE FUNCTION core.lease_json(l core.data_lease)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object(
    'status', CASE l.state WHEN 'revoked' THEN 'rejected' ELSE l.state END,
    'createdAt', core.ts(l.created_at), 'updatedAt', core.ts(l.updated_at),
    'leaseId', CASE WHEN l.state = 'approved' THEN l.serial END,
    'spenderAddr', l.spender, 'earnerAddr', l.earner, 'price', trunc(l.price * 1e18)::text,
    'state', core.lease_state(l), 'lease_id', CASE WHEN l.state IN ('approved', 'revoked') THEN l.lease_id END,
    'proposal_id', l.proposal_id, 'productId', l.product_id, 'maxPrice', l.max_price::text, 'duration_s', l.duration_s,
    'expires_at', core.ts(l.expires_at), 'max_runs', l.max_runs, 'runs_left', core.lease_runs_left(l.serial),
    'max_limits', l.max_limits, 'max_priority', l.max_priority, 'reason', l.reason, 'revoked_at', core.ts(l.revoked_at), 'chain', l.chain,
    'disputes', (SELECT jsonb_agg(jsonb_build_object('disputeId', d.id, 'status', d.state, 'reason', d.reason,
                                                     'raised_by', CASE d.raised_by WHEN l.owner THEN 'owner' ELSE 'consumer' END,
                                                     'created_at', core.ts(d.created_at)) ORDER BY d.created_at, d.id)
                   FROM core.dispute d WHERE d.serial = l.serial AND d.state = 'pending'),
    'owner', (SELECT p.public_id FROM core.principal p WHERE p.id = l.owner),
    'consumer', (SELECT p.public_id FROM core.principal p WHERE p.id = l.consumer),
    'assets', (SELECT jsonb_agg(a.asset_id ORDER BY a.asset_id) FROM core.data_lease_asset la JOIN core.asset a ON a.id = la.asset
                WHERE la.serial = l.serial)))
$$;
