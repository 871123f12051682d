-- agg_collection_find(task, id, digest): by its id, or of profile 18 the last of an equal body.
CREATE FUNCTION core.agg_collection_find(t core.agg_task, p_id uuid, p_digest bytea) RETURNS core.agg_collection LANGUAGE plpgsql STABLE AS $$
DECLARE
  c core.agg_collection;
BEGIN
  IF p_id IS NOT NULL THEN
    SELECT x.* INTO c FROM core.agg_collection x WHERE x.task_no = t.task_no AND x.collection_id = p_id;
  ELSE
    SELECT x.* INTO c FROM core.agg_collection x WHERE x.task_no = t.task_no AND x.digest = p_digest ORDER BY x.generation DESC LIMIT 1;
  END IF;
  RETURN c;
END $$;
