-- cursor_make(key): where the next page begins, opaque to clients.
CREATE FUNCTION core.cursor_make(p_key text)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(encode(convert_to(p_key, 'UTF8'), 'hex'), '')
$$;
