-- chain_fault(name, rules): NULL, or what is wrong with a call of api.chain_set.
CREATE FUNCTION core.chain_fault(p_name text, p jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_new constant boolean := NOT EXISTS (SELECT FROM core.chain c WHERE c.name = p_name);
  v_first constant text[] := '{chain_id,contract,start_block}';
  v_key text;
  r record;
BEGIN
  IF p_name !~ '^[a-z0-9][a-z0-9_-]{0,31}$' IS NOT FALSE THEN
    RETURN 'name: 1 to 32 lower-case letters, digits, hyphens and underscores';
  END IF;
  IF jsonb_typeof(p) IS DISTINCT FROM 'object' THEN
    RETURN 'rules: an object';
  END IF;
  FOR v_key IN SELECT k FROM jsonb_object_keys(p) k LOOP
    IF v_key = ANY (v_first) AND NOT v_new THEN
      RETURN v_key || ': cannot change; follow the other contract under another name';
    END IF;
    IF NOT v_key = ANY (v_first || '{earner,confirmations,range_blocks,keep_blocks,lease_runs,lease_ttl_s,enabled,every_s}') THEN
      RETURN left(v_key, 64) || ': no such rule';
    END IF;
  END LOOP;
  IF v_new AND NOT p ?& (v_first || ARRAY['earner']) THEN
    RETURN 'chain_id, contract, earner and start_block are needed';
  END IF;
  FOR r IN SELECT * FROM (VALUES ('contract'), ('earner')) x (name) WHERE p ? x.name LOOP
    IF p ->> r.name !~ '^0x[0-9A-Fa-f]{40}$' IS NOT FALSE THEN
      RETURN r.name || ': 0x and 40 hex digits';
    END IF;
  END LOOP;
  FOR r IN SELECT * FROM (VALUES ('chain_id', 1, 9007199254740990), ('start_block', 0, 9007199254740990), ('confirmations', 0, 10000),
      ('range_blocks', 1, 100000), ('keep_blocks', 16, 100000), ('lease_runs', 1, 2147483647), ('lease_ttl_s', 60, 3155760000),
      ('every_s', 1, 86400)) x (name, least, most) WHERE p ? x.name LOOP
    CONTINUE WHEN r.name IN ('lease_runs', 'lease_ttl_s') AND p -> r.name = 'null';
    IF jsonb_typeof(p -> r.name) <> 'number' OR NOT (p ->> r.name)::numeric BETWEEN r.least AND r.most OR (p ->> r.name)::numeric % 1 <> 0 THEN
      RETURN format('%s: %s to %s', r.name, r.least, r.most);
    END IF;
  END LOOP;
  IF p ? 'enabled' AND jsonb_typeof(p -> 'enabled') <> 'boolean' THEN
    RETURN 'enabled: true or false';
  END IF;
  RETURN NULL;
END $$;
