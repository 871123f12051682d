-- id16(text): an id of 16 bytes in base64url, as uuid; NULL for anything else.
CREATE FUNCTION core.id16(p_text text) RETURNS uuid LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF p_text !~ '^[A-Za-z0-9_-]{22}$' THEN
    RETURN NULL;
  END IF;
  RETURN encode(decode(translate(p_text, '-_', '+/') || '==', 'base64'), 'hex')::uuid;
END $$;
