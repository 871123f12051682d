-- id16_text(id): the inverse of core.id16.
CREATE FUNCTION core.id16_text(p_id uuid) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN translate(encode(uuid_send(p_id), 'base64'), '+/=', '-_');
END $$;
