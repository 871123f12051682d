-- cursor_read(cursor, pattern): the key of a cursor of ours, p_first when there
-- is no cursor, NULL for one that we never made.
CREATE FUNCTION core.cursor_read(p_cursor text, p_pattern text, p_first text)
RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_key text;
BEGIN
  IF coalesce(p_cursor, '') = '' THEN
    RETURN p_first;
  END IF;
  IF p_cursor !~ '^([0-9a-f]{2})+$' OR length(p_cursor) > 1024 THEN
    RETURN NULL;
  END IF;
  v_key := convert_from(decode(p_cursor, 'hex'), 'UTF8');
  RETURN CASE WHEN v_key ~ p_pattern THEN v_key END;
EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN
  RETURN NULL;
END $$;
