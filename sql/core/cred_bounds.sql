-- cred_bounds(caller, kind, args, sealed): what is wrong with the size or shape of a
-- request, or with who sends it; err NULL: nothing.
CREATE FUNCTION core.cred_bounds(c core.caller, q core.cred_kind, p_args jsonb, p_sealed jsonb) RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  a core.answer;
BEGIN
  IF q.node_only AND NOT 'operator' = ANY (c.roles) THEN
    RETURN core.refuse('FORBIDDEN', 'this kind is for operators');
  ELSIF jsonb_typeof(p_args) <> 'object' OR jsonb_typeof(p_sealed) NOT IN ('string', 'null') THEN
    RETURN core.refuse('VALIDATION_ERROR', 'args is an object');
  ELSIF octet_length(p_args::text) + coalesce(octet_length(p_sealed #>> '{}'), 0) > q.max_bytes THEN
    RETURN core.refuse('LIMIT', format('a request of this kind has at most %s bytes', q.max_bytes));
  ELSIF q.bounds IS NOT NULL THEN
    EXECUTE format('SELECT (a).* FROM core.%I($1) a', q.bounds) INTO a USING p_args;
  END IF;
  RETURN a;
END $$;
