-- cred_unknown(): the one answer for a job that is not there and for one that is
-- not the caller's.
CREATE FUNCTION core.cred_unknown() RETURNS core.answer LANGUAGE sql IMMUTABLE AS $$
  SELECT core.refuse('NOT_FOUND', 'no such job')
$$;
