-- compute_fields(request): NULL, or what is wrong with the fields of a submit.
-- The second line of defence: the front has checked the same and more.
CREATE FUNCTION core.compute_fields(r jsonb)
RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_names text[];
BEGIN
  IF jsonb_typeof(r -> 'inputs') IS DISTINCT FROM 'array' OR jsonb_array_length(r -> 'inputs') NOT BETWEEN 1 AND 32 THEN
    RETURN 'inputs must hold 1 to 32 objects';
  END IF;
  SELECT array_agg(i ->> 'variable_name') INTO v_names FROM jsonb_array_elements(r -> 'inputs') i;
  FOR k IN 1 .. cardinality(v_names) LOOP
    IF v_names[k] !~ '^[A-Za-z_][A-Za-z0-9_]{0,63}$' IS NOT FALSE OR v_names[k] = ANY (v_names[:k - 1]) THEN
      RETURN format('inputs[%s].variable_name must be a name, and not twice', k - 1);
    END IF;
  END LOOP;
  RETURN CASE
    WHEN (r #>> '{script,sha256}' IS NULL) = (r #>> '{script,cid}' IS NULL) THEN 'exactly one of code, computationCid and code_sha256 is needed'
    WHEN NOT coalesce((r ->> 'priority')::int, 0) BETWEEN -10 AND 10 THEN 'priority must be from -10 to 10'
    WHEN NOT coalesce((r ->> 'queue_ttl_s')::bigint, 1) BETWEEN 1 AND 2592000 THEN 'queue_ttl_s must be from 1 to 2592000'
    WHEN octet_length(r ->> 'label') > 64 THEN 'label must be at most 64 bytes'
    WHEN nullif(jsonb_typeof(r -> 'params'), 'null') <> 'object' OR octet_length(r ->> 'params') > 65536
      THEN 'params must be an object of at most 65536 bytes'
    WHEN nullif(jsonb_typeof(r -> 'limits'), 'null') <> 'object' THEN 'limits must be an object'
    WHEN nullif(jsonb_typeof(r -> 'outputs'), 'null') <> 'array'
      THEN 'outputs must be a list of names'
    WHEN coalesce(jsonb_typeof(r -> 'outputs') = 'array', false) AND NOT core.outputs_fit(r -> 'outputs')
      THEN 'outputs must be at most 64 names or globs of at most 128 bytes'
  END;
END $$;
