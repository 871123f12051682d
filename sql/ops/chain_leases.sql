-- ops.chain_leases: what the contracts say of leases that pay our earner, and what
-- became of them here.
CREATE VIEW ops.chain_leases AS
SELECT v.chain, v.lease_id, core.chain_verdict(c.earner, v) AS verdict, l.state AS local_state, v.block, v.spender,
       (SELECT p.name FROM core.principal_address a JOIN core.principal p ON p.id = a.principal WHERE a.address = v.spender) AS consumer,
       (SELECT p.product_id FROM core.product p WHERE p.chain_product_id = v.product) AS product,
       v.approved, v.executed, v.disputed, v.finalized, v.price / 1e18 AS price
  FROM core.chain c
 CROSS JOIN LATERAL (SELECT DISTINCT ON (x.lease_id) x.* FROM core.chain_lease x WHERE x.chain = c.name ORDER BY x.lease_id, x.block DESC) v
  LEFT JOIN core.data_lease l ON l.lease_id = v.lease_id AND l.chain ->> 'name' = c.name
 ORDER BY v.block DESC, v.lease_id;
COMMENT ON VIEW ops.chain_leases IS 'leases on chains that pay our earner, and what became of them here';
COMMENT ON COLUMN ops.chain_leases.chain IS 'where it is';
COMMENT ON COLUMN ops.chain_leases.lease_id IS 'its id there and here';
COMMENT ON COLUMN ops.chain_leases.verdict IS 'admitted, or why not: disputed, executed, spender (address bound to nobody), product (no assets here), created (not approved)';
COMMENT ON COLUMN ops.chain_leases.local_state IS 'state of the local lease, which is the truth; empty: there is none';
COMMENT ON COLUMN ops.chain_leases.block IS 'block as of which this was read';
COMMENT ON COLUMN ops.chain_leases.spender IS 'who pays';
COMMENT ON COLUMN ops.chain_leases.consumer IS 'principal that the spender is bound to; empty: none';
COMMENT ON COLUMN ops.chain_leases.product IS 'product here; empty: none';
COMMENT ON COLUMN ops.chain_leases.approved IS 'approved on the chain';
COMMENT ON COLUMN ops.chain_leases.executed IS 'executed on the chain, which ends nothing here';
COMMENT ON COLUMN ops.chain_leases.disputed IS 'disputed on the chain';
COMMENT ON COLUMN ops.chain_leases.finalized IS 'finalized on the chain';
COMMENT ON COLUMN ops.chain_leases.price IS 'agreed price, in units of 10^18 wei';
