-- principal_json(principal): what operators see of one, with its live keys
-- and proved addresses.
CREATE FUNCTION core.principal_json(p core.principal)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', p.public_id, 'name', p.name, 'roles', to_jsonb(p.roles), 'tenant', p.tenant,
    'enabled', p.enabled, 'max_running', p.max_running, 'created_at', core.ts(p.created_at),
    'keys', coalesce((SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('peer_id', k.peer_id, 'alg', k.alg, 'alias', k.alias, 'created_at', core.ts(k.created_at)))
                                       ORDER BY k.created_at, k.peer_id)
                        FROM core.principal_key k WHERE k.principal = p.id AND k.removed_at IS NULL), '[]'),
    'addresses', coalesce((SELECT jsonb_agg(d.address ORDER BY d.proved_at, d.address) FROM core.principal_address d WHERE d.principal = p.id), '[]'))
$$;
