-- chain_prune(chain): what no reorganisation that we would undo can reach:
-- blocks below keep_blocks, but never the newest two, and what the contract had
-- said of a lease before it last spoke of it down there.
CREATE FUNCTION core.chain_prune(ch core.chain) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_deep constant bigint := ch.cursor_block - ch.keep_blocks;
BEGIN
  DELETE FROM core.chain_block b
   WHERE b.chain = ch.name AND b.number < v_deep
     AND b.number < (SELECT min(t.number) FROM (SELECT y.number FROM core.chain_block y WHERE y.chain = ch.name ORDER BY y.number DESC LIMIT 2) t);
  DELETE FROM core.chain_lease l
   WHERE l.chain = ch.name AND l.block < v_deep
     AND EXISTS (SELECT FROM core.chain_lease n WHERE n.chain = l.chain AND n.lease_id = l.lease_id AND n.block > l.block AND n.block <= v_deep);
END $$;
