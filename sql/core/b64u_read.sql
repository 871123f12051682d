-- b64u_read(text): the bytes of base64url without padding; NULL for anything else.
CREATE FUNCTION core.b64u_read(p_text text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF p_text !~ '^[A-Za-z0-9_-]*$' OR length(p_text) % 4 = 1 THEN
    RETURN NULL;
  END IF;
  RETURN decode(rpad(translate(p_text, '-_', '+/'), (length(p_text) + 3) / 4 * 4, '='), 'base64');
END $$;
