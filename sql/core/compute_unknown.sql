-- compute_unknown(): the one answer for a computation that is not there and for
-- one that is not the caller's.
CREATE FUNCTION core.compute_unknown()
RETURNS core.answer LANGUAGE sql IMMUTABLE AS $$
  SELECT core.refuse('NOT_FOUND', 'no such computation')
$$;
