-- b64(bytes), for JSON: base64 without line breaks.
CREATE FUNCTION core.b64(p_bytes bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN translate(encode(p_bytes, 'base64'), E'\n', '');
END $$;
