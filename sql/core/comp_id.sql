-- comp_id(public id): what clients call a computation.
CREATE FUNCTION core.comp_id(p_id uuid) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT 'comp-' || core.b32(uuid_send(p_id))
$$;
