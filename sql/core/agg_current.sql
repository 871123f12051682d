-- agg_current(task): the oldest fixed_size batch that can be given out: it has the minimum, and it is
-- full, or its window has passed, or the task has no windows.  Whoever takes it holds core.agg_alone.
CREATE FUNCTION core.agg_current(t core.agg_task) RETURNS core.agg_batch LANGUAGE plpgsql STABLE AS $$
DECLARE
  b core.agg_batch;
BEGIN
  SELECT x.* INTO b FROM core.agg_batch x
   WHERE x.task_no = t.task_no AND x.state IN ('filling', 'full') AND x.assigned >= t.min_batch_size
     AND (x.state = 'full' OR t.window_s IS NULL OR x.bucket + t.window_s <= core.agg_now())
   ORDER BY x.batch_no LIMIT 1;
  RETURN b;
END $$;
