-- agg_task_unknown(): there is no task of this id.
CREATE FUNCTION core.agg_task_unknown() RETURNS core.answer LANGUAGE sql IMMUTABLE AS $$
  SELECT core.refuse('NOT_FOUND', 'no such task')
$$;
