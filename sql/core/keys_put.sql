-- keys_put(principal, keys): the keys are live keys of this principal.
CREATE FUNCTION core.keys_put(p_principal int, p_keys jsonb)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO core.principal_key (peer_id, principal, alg, public_key, alias)
  SELECT DISTINCT ON (k ->> 'peer_id') k ->> 'peer_id', p_principal, k ->> 'alg', decode(k ->> 'public_key', 'hex'), k ->> 'alias'
    FROM jsonb_array_elements(p_keys) k ORDER BY k ->> 'peer_id'
  ON CONFLICT (peer_id) DO UPDATE SET removed_at = NULL;
END $$;
