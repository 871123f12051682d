-- operator_bootstrap(name, peer id, Ed25519 public key in hex): the first
-- operator; its public id.  Works once: while there is an operator it refuses.
-- For whoever administers the database; no login role of the node may call it.
CREATE FUNCTION api.operator_bootstrap(p_name text, p_peer_id text, p_public_key_hex text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  p core.principal;
BEGIN
  LOCK TABLE core.principal IN SHARE ROW EXCLUSIVE MODE;
  PERFORM FROM core.principal x WHERE 'operator' = ANY (x.roles);
  IF FOUND THEN
    RAISE EXCEPTION 'there is an operator already' USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  IF p_public_key_hex !~ '^[0-9a-fA-F]{64}$' THEN
    RAISE EXCEPTION 'the public key must be 64 hex digits' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM FROM core.principal_key k WHERE k.peer_id = p_peer_id;
  IF FOUND THEN
    RAISE EXCEPTION 'this key belongs to a principal already' USING ERRCODE = 'unique_violation';
  END IF;
  INSERT INTO core.principal (public_id, name, roles) VALUES (core.new_id('prn_'), p_name, '{operator}') RETURNING * INTO p;
  PERFORM core.keys_put(p.id, jsonb_build_array(
      jsonb_build_object('peer_id', p_peer_id, 'alg', 'ed25519', 'public_key', p_public_key_hex)));
  PERFORM core.event_add('psql:' || session_user, 'principal.added', p.public_id, jsonb_build_object('roles', p.roles));
  RETURN p.public_id;
END $$;
