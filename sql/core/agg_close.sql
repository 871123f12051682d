-- agg_close(collection): close its batch, if what it has and what is on its way can make the
-- minimum: so it is not closed, and refuses nobody, while it cannot.  A fixed_size batch that has lost
-- reports since it was given out is changed for the next (core.agg_move), or takes others.  An interval with more reports than a sum holds is
-- given up and open again: its parts may be asked for.  The collection as it is then.  The caller
-- holds core.agg_alone, so no report and no sum is between a look and its commit.
CREATE FUNCTION core.agg_close(c core.agg_collection) RETURNS core.agg_collection LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  t core.agg_task;
  v record;
BEGIN
  SELECT x.* INTO t FROM core.agg_task x WHERE x.task_no = c.task_no;
  c := core.agg_move(t, c);
  v := core.agg_sum(c.task_no, c.batch_id, c.first, c.past);
  IF core.agg_diverged(c.task_no, c.batch_id, c.first, c.past) THEN
    PERFORM core.agg_collection_fail(c, 'batchMismatch');
  ELSIF v.count + v.stored + v.in_jobs < t.min_batch_size THEN
    UPDATE core.agg_batch b SET short = true WHERE b.task_no = c.task_no AND b.batch_id = c.batch_id AND b.assigned < t.min_batch_size;
  ELSIF c.batch_id IS NULL AND v.count + v.stored + v.in_jobs > t.count_max THEN
    PERFORM core.agg_collection_fail(c, 'invalidBatchSize');
    PERFORM core.agg_mark(c.task_no, c.batch_id, c.first, c.past, 'open');
  ELSE
    PERFORM core.agg_mark(c.task_no, c.batch_id, c.first, c.past, 'closing');
    UPDATE core.agg_collection x SET state = 'closing' WHERE x.collection_no = c.collection_no;
  END IF;
  SELECT x.* INTO c FROM core.agg_collection x WHERE x.collection_no = c.collection_no;
  RETURN c;
END $$;
