-- heavy_indices(args, method of the wallet): above 65,536 indices a revocation takes long.
CREATE FUNCTION core.heavy_indices(p_args jsonb, p_method text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_array_length(p_args -> 'indices') > 65536
$$;
