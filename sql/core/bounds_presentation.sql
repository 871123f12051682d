-- bounds_presentation(args): at most 64 credentials and 128 predicates.
CREATE FUNCTION core.bounds_presentation(p_args jsonb) RETURNS core.answer LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN s.credentials > 64 THEN core.refuse('LIMIT', 'selection: at most 64 credentials')
              WHEN s.predicates > 128 THEN core.refuse('LIMIT', 'request.requested_predicates: at most 128') END
    FROM core.presentation_size(p_args) s
$$;
