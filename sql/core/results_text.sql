-- results_text(results): the parts of core.compute_results as the JSON that
-- clients read, when all bytes are in the database, few, and the output is
-- UTF-8 text; else NULL, and the front streams them.
CREATE FUNCTION core.results_text(p_results jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_output text := p_results #>> '{output,b64}';
BEGIN
  IF v_output IS NULL OR p_results -> 'artifacts' @? '$[*] ? (!exists (@.b64))' OR pg_column_size(p_results) > 16384 THEN
    RETURN NULL;
  END IF;
  RETURN '{"output": ' || to_json(convert_from(decode(v_output, 'base64'), 'UTF8')) || ', "artifacts": '
    || (SELECT coalesce(json_object_agg(a ->> 'name', a ->> 'b64'), '{}') FROM jsonb_array_elements(p_results -> 'artifacts') a) || '}';
EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN
  RETURN NULL;
END $$;
