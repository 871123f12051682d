-- outputs_fit(list): is every declared output a relative name or glob of the
-- allowed alphabet, without a leading dot in any part?
CREATE FUNCTION core.outputs_fit(p_outputs jsonb)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN jsonb_array_length(p_outputs) <= 64
     AND NOT EXISTS (
       SELECT FROM jsonb_array_elements(p_outputs) o
        WHERE jsonb_typeof(o) <> 'string' OR octet_length(o #>> '{}') > 128
           OR o #>> '{}' !~ '^[A-Za-z0-9_*?[-][]A-Za-z0-9._*?[!-]*(/[A-Za-z0-9_*?[-][]A-Za-z0-9._*?[!-]*){0,4}$');
END $$;
