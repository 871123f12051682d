-- cursor_bad(): the answer to a cursor that we did not make.
CREATE FUNCTION core.cursor_bad()
RETURNS core.answer LANGUAGE sql IMMUTABLE AS $$
  SELECT core.refuse('INVALID_REQUEST', 'bad cursor')
$$;
