-- id16(text): an id of 16 bytes in base64url, as uuid; NULL for anything else.  One SQL
-- expression and not STRICT, so that callers have it inlined.
CREATE FUNCTION core.id16(p_text text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN p_text ~ '^[A-Za-z0-9_-]{22}$' THEN encode(decode(translate(p_text, '-_', '+/') || '==', 'base64'), 'hex')::uuid END
$$;
