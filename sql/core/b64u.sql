-- b64u(bytes): base64url without padding.
CREATE FUNCTION core.b64u(p_bytes bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN translate(encode(p_bytes, 'base64'), E'+/=\n', '-_');
END $$;
