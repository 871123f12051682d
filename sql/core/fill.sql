-- fill(text, values): text with each {name} replaced by the value, '?' where
-- there is none.  Values are bounded words and numbers: never a line break.
CREATE FUNCTION core.fill(p_text text, p_values jsonb)
RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_name text;
BEGIN
  FOR v_name IN SELECT x[1] FROM regexp_matches(p_text, '\{([a-z_]+)\}', 'g') x LOOP
    p_text := replace(p_text, '{' || v_name || '}',
        coalesce(nullif(left(regexp_replace(p_values ->> v_name, '[^A-Za-z0-9 ._,:/*-]', '', 'g'), 128), ''), '?'));
  END LOOP;
  RETURN p_text;
END $$;
