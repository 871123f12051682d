-- token_json(token): what its principal sees of one; never the secret.
CREATE FUNCTION core.token_json(t core.token)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', t.id, 'name', t.name, 'scopes', to_jsonb(t.scopes),
    'expires_at', core.ts(t.expires_at), 'created_at', core.ts(t.created_at))
$$;
