-- chain_undo(chain, block): forget all that came from blocks above this one; the
-- leases that they spoke of.  The caller holds the chain's row and settles them.
CREATE FUNCTION core.chain_undo(p_chain text, p_block bigint) RETURNS text[]
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_ids text[];
BEGIN
  WITH gone AS (DELETE FROM core.chain_lease l WHERE l.chain = p_chain AND l.block > p_block RETURNING l.lease_id)
  SELECT coalesce(array_agg(DISTINCT g.lease_id), '{}') INTO v_ids FROM gone g;
  DELETE FROM core.chain_block b WHERE b.chain = p_chain AND b.number > p_block;
  PERFORM core.event_add('node', 'chain.rewound', 'chain:' || p_chain, jsonb_build_object('block', p_block, 'leases', cardinality(v_ids)));
  RETURN v_ids;
END $$;
