-- principal_named(public id or peer id): the principal, NULL if there is none.
CREATE FUNCTION core.principal_named(p_name text)
RETURNS int LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT p.id FROM core.principal p WHERE p.public_id = p_name),
    (SELECT k.principal FROM core.principal_key k WHERE p_name IN (k.peer_id, k.alias) AND k.removed_at IS NULL))
$$;
