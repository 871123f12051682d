-- schedule_unknown(): there is no schedule of this name.
CREATE FUNCTION core.schedule_unknown() RETURNS core.answer LANGUAGE sql IMMUTABLE AS $$
  SELECT core.refuse('NOT_FOUND', 'no such schedule')
$$;
