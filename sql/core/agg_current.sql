-- agg_current(task): the oldest fixed_size batch that can be given out: it is full, or it has the minimum
-- and its window has passed, or the task has no windows.  Locked.
CREATE FUNCTION core.agg_current(t core.agg_task) RETURNS core.agg_batch LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  b core.agg_batch;
BEGIN
  SELECT x.* INTO b FROM core.agg_batch x
   WHERE x.task_no = t.task_no AND x.state IN ('filling', 'full')
     AND (x.state = 'full' OR x.assigned >= t.min_batch_size AND (t.window_s IS NULL OR x.bucket + t.window_s <= core.agg_now()))
   ORDER BY x.batch_no LIMIT 1 FOR UPDATE;
  RETURN b;
END $$;
