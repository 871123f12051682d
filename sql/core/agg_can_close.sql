-- agg_can_close(collection): is it worth the task's lock to close its batch (core.agg_close)?  It may
-- have the minimum, or diverged, or it is of fixed_size and must be told to take others or
-- be changed for the next.
CREATE FUNCTION core.agg_can_close(c core.agg_collection) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  t core.agg_task;
  v constant record := core.agg_sum(c.task_no, c.batch_id, c.first, c.past);
BEGIN
  SELECT x.* INTO t FROM core.agg_task x WHERE x.task_no = c.task_no;
  RETURN v.count + v.stored + v.in_jobs >= t.min_batch_size OR core.agg_diverged(c.task_no, c.batch_id, c.first, c.past)
      OR EXISTS (SELECT FROM core.agg_batch b WHERE b.task_no = c.task_no AND b.batch_id = c.batch_id AND b.assigned < t.min_batch_size
                    AND (NOT b.short OR c.current AND (core.agg_current(t)).batch_no IS NOT NULL));
END $$;
