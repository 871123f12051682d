-- agg_can_close(collection): is it worth the task's lock to close its batch (core.agg_close)?  It may
-- have the minimum, or diverged, or it is of fixed_size and must be told to take others.
CREATE FUNCTION core.agg_can_close(c core.agg_collection) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_min constant bigint := (SELECT t.min_batch_size FROM core.agg_task t WHERE t.task_no = c.task_no);
  v constant record := core.agg_sum(c.task_no, c.batch_id, c.first, c.past);
BEGIN
  RETURN v.count + v.stored + v.in_jobs >= v_min OR core.agg_diverged(c.task_no, c.batch_id, c.first, c.past)
      OR EXISTS (SELECT FROM core.agg_batch b WHERE b.task_no = c.task_no AND b.batch_id = c.batch_id AND NOT b.short AND b.assigned < v_min);
END $$;
