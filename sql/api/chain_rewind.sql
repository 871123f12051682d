-- chain_rewind(name, block): forget all that came from blocks above this one and
-- read them again: after a reorganisation deeper than keep_blocks, or a node that
-- lied.  Leases that they brought are undone until they are read again.
CREATE FUNCTION api.chain_rewind(p_name text, p_block bigint) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ch core.chain;
  v_ids text[];
BEGIN
  SELECT * INTO ch FROM core.chain c WHERE c.name = p_name FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no chain %', left(p_name, 64) USING ERRCODE = 'no_data_found', HINT = 'SELECT * FROM ops.chain;';
  END IF;
  IF p_block IS NULL OR p_block NOT BETWEEN -1 AND ch.cursor_block THEN
    RAISE EXCEPTION 'block: -1 to %', ch.cursor_block USING ERRCODE = 'invalid_parameter_value';
  END IF;
  v_ids := core.chain_undo(p_name, p_block);
  -- the block itself may be on a branch that is gone: only what the next look finds is ground
  DELETE FROM core.chain_block b WHERE b.chain = p_name;
  UPDATE core.chain c SET cursor_block = p_block, round = c.round + 1 WHERE c.name = p_name RETURNING * INTO ch;
  PERFORM core.chain_settle(ch, v_ids);
  PERFORM core.event_add(core.psql_actor(), 'chain.rewound', 'chain:' || p_name, jsonb_build_object('block', p_block));
  RETURN format('chain %s goes on after block %s, %s leases undone', p_name, p_block, cardinality(v_ids));
END $$;
