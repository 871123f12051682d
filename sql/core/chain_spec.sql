-- chain_spec(spec): what the next look at a chain is told; NULL when it is not
-- followed.  Of the blocks that we remember it names the newest eight and then
-- one of each doubling: enough to find the ground of a reorganisation, which may
-- undo a little more than it must.
CREATE FUNCTION core.chain_spec(p_spec jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('chain', c.name, 'round', c.round, 'chain_id', c.chain_id, 'contract', substr(c.contract, 3),
           'confirmations', c.confirmations, 'range', c.range_blocks, 'cursor', c.cursor_block,
           'known', coalesce((
             SELECT jsonb_agg(jsonb_build_object('number', b.number, 'hash', encode(b.hash, 'hex')) ORDER BY b.number DESC)
               FROM (SELECT x.number, x.hash, row_number() OVER (ORDER BY x.number DESC) AS n, count(*) OVER () AS total
                       FROM core.chain_block x WHERE x.chain = c.name) b
              WHERE b.n <= 8 OR b.n IN (16, 32, 64, 128, 256, 512, 1024) OR b.n = b.total), '[]'))
    FROM core.chain c WHERE c.name = p_spec ->> 'chain' AND c.enabled
$$;
