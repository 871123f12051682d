-- batch_lost(task, batch id, n): reports that were assigned to it were refused or given back.  A full one
-- that has less than the minimum now takes others.
CREATE FUNCTION core.batch_lost(t core.agg_task, p_batch bytea, p_n bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  UPDATE core.agg_batch x
     SET assigned = x.assigned - p_n, state = CASE WHEN x.state = 'full' AND x.assigned - p_n < t.min_batch_size THEN 'filling' ELSE x.state END
   WHERE x.task_no = t.task_no AND x.batch_id = p_batch;
END $$;
