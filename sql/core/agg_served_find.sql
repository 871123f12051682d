-- agg_served_find(task, id, digest): by its id, or of profile 18 the last of an equal body.
CREATE FUNCTION core.agg_served_find(t core.agg_task, p_id uuid, p_digest bytea) RETURNS core.agg_served LANGUAGE plpgsql STABLE AS $$
DECLARE
  v core.agg_served;
BEGIN
  IF p_id IS NOT NULL THEN
    SELECT x.* INTO v FROM core.agg_served x WHERE x.task_no = t.task_no AND x.share_id = p_id;
  ELSE
    SELECT x.* INTO v FROM core.agg_served x WHERE x.task_no = t.task_no AND x.digest = p_digest ORDER BY x.generation DESC LIMIT 1;
  END IF;
  RETURN v;
END $$;
