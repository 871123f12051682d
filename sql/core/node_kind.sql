-- node_kind(name): a kind whose jobs are the node's own; anything else raises
-- no_data_found and names those there are.
CREATE FUNCTION core.node_kind(p_name text) RETURNS core.kind LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_kind core.kind;
BEGIN
  SELECT * INTO v_kind FROM core.kind k WHERE k.name = p_name AND k.name LIKE 'system.%';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no kind % for job_submit', left(p_name, 64) USING ERRCODE = 'no_data_found',
      HINT = (SELECT 'Kinds: ' || string_agg(k.name, ', ' ORDER BY k.id) FROM core.kind k WHERE k.name LIKE 'system.%');
  END IF;
  RETURN v_kind;
END $$;
