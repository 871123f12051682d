-- compute_fields(request): NULL, or what is wrong with the fields of a submit
-- that decide about its plan.  The second line of defence, as core.compute_own:
-- the front has checked the same and more.
CREATE FUNCTION core.compute_fields(r jsonb)
RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_names text[] := '{}';
  v_name text;
BEGIN
  IF jsonb_typeof(r -> 'inputs') IS DISTINCT FROM 'array' OR jsonb_array_length(r -> 'inputs') NOT BETWEEN 1 AND 32 THEN
    RETURN 'inputs must hold 1 to 32 objects';
  END IF;
  FOR k IN 0 .. jsonb_array_length(r -> 'inputs') - 1 LOOP
    v_name := r -> 'inputs' -> k ->> 'variable_name';
    IF v_name !~ '^[A-Za-z_][A-Za-z0-9_]{0,63}$' IS NOT FALSE OR v_name = ANY (v_names) THEN
      RETURN format('inputs[%s].variable_name must be a name, and not twice', k);
    END IF;
    v_names := v_names || v_name;
  END LOOP;
  RETURN CASE
    WHEN NOT coalesce((r ->> 'priority')::int, 0) BETWEEN -10 AND 10 THEN 'priority must be from -10 to 10'
    WHEN nullif(jsonb_typeof(r -> 'limits'), 'null') <> 'object' THEN 'limits must be an object'
    WHEN nullif(jsonb_typeof(r -> 'outputs'), 'null') <> 'array'
      THEN 'outputs must be a list of names'
    WHEN coalesce(jsonb_typeof(r -> 'outputs') = 'array', false) AND NOT core.outputs_fit(r -> 'outputs')
      THEN 'outputs must be at most 64 names or globs of at most 128 bytes'
  END;
END $$;
