-- agg_parts_scrub(task, batch id, first, past): the batch was given out, or given up: the shares of its
-- parts go, their counts stay.
CREATE FUNCTION core.agg_parts_scrub(p_task int, p_batch bytea, p_first bigint, p_past bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v constant record := core.agg_range(p_batch, p_first, p_past);
BEGIN
  UPDATE core.agg_part p SET sealed = NULL WHERE p.task_no = p_task AND p.bucket >= v.low AND p.bucket < v.high AND p.sealed IS NOT NULL;
END $$;
