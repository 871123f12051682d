-- bounds_indices(args): 1 to 100,000 indices.
CREATE FUNCTION core.bounds_indices(p_args jsonb) RETURNS core.answer LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN jsonb_typeof(p_args -> 'indices') IS DISTINCT FROM 'array' OR p_args -> 'indices' = '[]' THEN core.refuse('INVALID_STRUCTURE', 'indices: 1 to 100000 numbers')
              WHEN jsonb_array_length(p_args -> 'indices') > 100000 THEN core.refuse('LIMIT', 'indices: at most 100000') END
$$;
