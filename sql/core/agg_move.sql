-- agg_move(task, collection): one that waits for the current batch takes the next that can be given out, if
-- its own has lost reports and is below the minimum; that fills up again.  Nobody knows yet which
-- batch it had: the helper was not asked, the collector not told.  The collection as it is then.  The
-- caller holds core.agg_alone.
CREATE FUNCTION core.agg_move(t core.agg_task, c core.agg_collection) RETURNS core.agg_collection LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  b core.agg_batch;
BEGIN
  IF c.current AND NOT core.agg_shared(c)
     AND EXISTS (SELECT FROM core.agg_batch x WHERE x.task_no = c.task_no AND x.batch_id = c.batch_id AND x.state = 'bound' AND x.assigned < t.min_batch_size) THEN
    b := core.agg_current(t);
  END IF;
  IF b.batch_no IS NOT NULL THEN
    PERFORM core.agg_mark(c.task_no, c.batch_id, NULL, NULL, 'open');
    UPDATE core.agg_collection x SET batch_id = b.batch_id WHERE x.collection_no = c.collection_no RETURNING x.* INTO c;
    PERFORM core.agg_bind(c);
  END IF;
  RETURN c;
END $$;
