-- agg_mark(task, batch id, first, past, state): all buckets of a batch, and the batch itself, change
-- their state: 'waiting' is open, and asked for; 'open' gives it up; 'collected' is the end.  A bucket that
-- diverged stays so, and takes no reports.  The caller holds core.agg_alone.
CREATE FUNCTION core.agg_mark(p_task int, p_batch bytea, p_first bigint, p_past bigint, p_state text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v constant record := core.agg_range(p_batch, p_first, p_past);
BEGIN
  UPDATE core.agg_bucket b SET state = CASE p_state WHEN 'waiting' THEN 'open' ELSE p_state END
   WHERE b.task_no = p_task AND b.bucket >= v.low AND b.bucket < v.high AND b.state <> 'diverged';
  IF p_batch IS NOT NULL THEN
    UPDATE core.agg_batch b
       SET state = CASE p_state WHEN 'collected' THEN 'collected' WHEN 'open' THEN CASE WHEN b.assigned >= core.batch_full(t) THEN 'full' ELSE 'filling' END ELSE 'bound' END,
           short = p_state = 'waiting'
      FROM core.agg_task t WHERE t.task_no = b.task_no AND b.task_no = p_task AND b.batch_id = p_batch;
  ELSIF p_state = 'open' THEN
    DELETE FROM core.agg_span x WHERE x.task_no = p_task AND x.first = p_first;
  ELSE
    INSERT INTO core.agg_span AS x (task_no, first, past, state) VALUES (p_task, p_first, p_past, p_state)
    ON CONFLICT (task_no, first) DO UPDATE SET state = excluded.state;
  END IF;
  PERFORM core.agg_diverge(p_task, b.bucket) FROM core.agg_bucket b WHERE b.task_no = p_task AND b.bucket >= v.low AND b.bucket < v.high AND b.state = 'diverged';
END $$;
