-- agg_close(collection): close its batch, if what it has and what is on its way can make the
-- minimum: so it is not closed, and refuses nobody, while it cannot, and a fixed_size batch that has
-- lost reports since it was given out takes others.  Its state then.  The caller
-- holds core.agg_alone, so no report and no sum is between a look and its commit.
CREATE FUNCTION core.agg_close(c core.agg_collection) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_min constant bigint := (SELECT t.min_batch_size FROM core.agg_task t WHERE t.task_no = c.task_no);
  v constant record := core.agg_sum(c.task_no, c.batch_id, c.first, c.past);
BEGIN
  IF core.agg_diverged(c.task_no, c.batch_id, c.first, c.past) THEN
    PERFORM core.agg_collection_fail(c, 'batchMismatch');
    RETURN 'failed';
  ELSIF v.count + v.stored + v.in_jobs < v_min THEN
    UPDATE core.agg_batch b SET short = true WHERE b.task_no = c.task_no AND b.batch_id = c.batch_id AND b.assigned < v_min;
    RETURN 'waiting';
  END IF;
  PERFORM core.agg_mark(c.task_no, c.batch_id, c.first, c.past, 'closing');
  UPDATE core.agg_collection x SET state = 'closing' WHERE x.collection_no = c.collection_no;
  RETURN 'closing';
END $$;
