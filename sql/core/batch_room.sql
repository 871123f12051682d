-- batch_room(batch): how many more reports it takes: up to its most, or without
-- one a job more; one that somebody waits for only what it lacks.
CREATE FUNCTION core.batch_room(b core.agg_batch) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  t core.agg_task;
BEGIN
  SELECT x.* INTO t FROM core.agg_task x WHERE x.task_no = b.task_no;
  RETURN greatest(1, CASE WHEN b.short THEN t.min_batch_size - b.assigned ELSE coalesce(core.agg_count_max(t) - b.assigned, 1000) END);
END $$;
