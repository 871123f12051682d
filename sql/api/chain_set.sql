-- chain_set(name, rules): follow a lease contract, or change how.  A new one needs
-- chain_id, contract, earner and start_block, the first block that is read; then
-- these three can no longer change, as all that is known came from them: earner,
-- confirmations, range_blocks, keep_blocks, lease_runs, lease_ttl_s, enabled and
-- every_s (seconds between two looks) can.  Returns what holds now.
CREATE FUNCTION api.chain_set(p_name text, p jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ch core.chain;
  v_why text := core.chain_fault(p_name, p);
  v_every int := coalesce((p ->> 'every_s')::int, (SELECT n.every_s FROM core.cron n WHERE n.name = 'chain:' || p_name), 15);
BEGIN
  IF v_why IS NOT NULL THEN
    RAISE EXCEPTION '%', v_why USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT * INTO ch FROM core.chain c WHERE c.name = p_name FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO core.chain (name, chain_id, contract, earner, cursor_block)
    VALUES (p_name, (p ->> 'chain_id')::bigint, lower(p ->> 'contract'), lower(p ->> 'earner'), (p ->> 'start_block')::bigint - 1);
  END IF;
  UPDATE core.chain c
     SET earner = coalesce(lower(p ->> 'earner'), c.earner), confirmations = coalesce((p ->> 'confirmations')::int, c.confirmations),
         range_blocks = coalesce((p ->> 'range_blocks')::int, c.range_blocks), keep_blocks = coalesce((p ->> 'keep_blocks')::int, c.keep_blocks),
         lease_runs = CASE WHEN p ? 'lease_runs' THEN (p ->> 'lease_runs')::int ELSE c.lease_runs END,
         lease_ttl_s = CASE WHEN p ? 'lease_ttl_s' THEN (p ->> 'lease_ttl_s')::bigint ELSE c.lease_ttl_s END,
         enabled = coalesce((p ->> 'enabled')::boolean, c.enabled), round = c.round + 1
   WHERE c.name = p_name RETURNING * INTO ch;
  INSERT INTO core.cron AS n (name, kind, every_s, spec, spec_fn)
  VALUES ('chain:' || p_name, 10, v_every, jsonb_build_object('chain', p_name), 'chain_spec')
  ON CONFLICT (name) DO UPDATE SET every_s = excluded.every_s;
  PERFORM core.event_add(core.psql_actor(), 'chain.changed', 'chain:' || p_name, p);
  RETURN to_jsonb(ch) || jsonb_build_object('every_s', v_every);
END $$;
