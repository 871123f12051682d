-- heavy_presentation(args, method of the wallet): above 8 credentials and predicates together.
CREATE FUNCTION core.heavy_presentation(p_args jsonb, p_method text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT s.credentials + s.predicates > 8 FROM core.presentation_size(p_args) s
$$;
