-- agg_bind(collection): its batch belongs to it from now on.  The caller holds core.agg_alone.
CREATE FUNCTION core.agg_bind(c core.agg_collection) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM core.agg_mark(c.task_no, c.batch_id, c.first, c.past, 'waiting');
  UPDATE core.agg_batch b SET short = false WHERE b.task_no = c.task_no AND b.batch_id = c.batch_id;
END $$;
