-- heavy_verify(args, method of the wallet): a batch of more than 32 presentations;
-- count says how many there are where they are sealed.
CREATE FUNCTION core.heavy_verify(p_args jsonb, p_method text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN coalesce((nullif(p_args -> 'count', 'null'))::int,
    CASE jsonb_typeof(p_args -> 'presentations') WHEN 'array' THEN jsonb_array_length(p_args -> 'presentations') ELSE 1 END) > 32;
END $$;
