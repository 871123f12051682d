-- ops.chain: lease contracts that are followed, and how far.
CREATE VIEW ops.chain AS
SELECT c.name AS chain, c.enabled, c.status, c.error, c.cursor_block, c.head AS head_block,
       greatest(0, c.head - c.confirmations - c.cursor_block) AS lag_blocks,
       round(extract(epoch FROM clock_timestamp() - c.looked_at)) AS looked_ago_s,
       round(extract(epoch FROM clock_timestamp() - c.ok_at)) AS ok_ago_s,
       (SELECT count(*) FROM core.data_lease l WHERE l.chain ->> 'name' = c.name AND l.state = 'approved') AS approved_leases,
       (SELECT count(*) FROM core.data_lease l WHERE l.chain ->> 'name' = c.name AND l.state = 'pending') AS pending_leases,
       c.strangers AS stranger_leases, c.chain_id, c.contract, c.earner, c.confirmations, n.every_s
  FROM core.chain c LEFT JOIN core.cron n ON n.name = 'chain:' || c.name
 ORDER BY c.name;
COMMENT ON VIEW ops.chain IS 'lease contracts that are followed, and how far';
COMMENT ON COLUMN ops.chain.chain IS 'its name: api.chain_set';
COMMENT ON COLUMN ops.chain.enabled IS 'it is followed';
COMMENT ON COLUMN ops.chain.status IS 'how the last look ended: ok, not_configured, unreachable, refused, garbled, wrong_chain, lagging, moved or deep_reorg; empty: nobody looked';
COMMENT ON COLUMN ops.chain.error IS 'what was wrong then; empty: nothing';
COMMENT ON COLUMN ops.chain.cursor_block IS 'all up to this block was read';
COMMENT ON COLUMN ops.chain.head_block IS 'newest block that the node told of';
COMMENT ON COLUMN ops.chain.lag_blocks IS 'blocks that are old enough and not read yet';
COMMENT ON COLUMN ops.chain.looked_ago_s IS 'seconds since the last look';
COMMENT ON COLUMN ops.chain.ok_ago_s IS 'seconds since the last look that ended well';
COMMENT ON COLUMN ops.chain.approved_leases IS 'leases from there that are approved here';
COMMENT ON COLUMN ops.chain.pending_leases IS 'leases from there that wait for their approval';
COMMENT ON COLUMN ops.chain.stranger_leases IS 'leases for other earners that were passed over';
COMMENT ON COLUMN ops.chain.chain_id IS 'which chain it must be';
COMMENT ON COLUMN ops.chain.contract IS 'address of the lease contract';
COMMENT ON COLUMN ops.chain.earner IS 'who our leases pay';
COMMENT ON COLUMN ops.chain.confirmations IS 'how far behind the newest block we read';
COMMENT ON COLUMN ops.chain.every_s IS 'seconds between two looks';
