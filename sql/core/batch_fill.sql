-- batch_fill(task, window): the fixed_size batch that takes the next reports, locked: one that
-- somebody waits for first, else the oldest that is not full, else a new one.
CREATE FUNCTION core.batch_fill(p_task int, p_bucket bigint) RETURNS core.agg_batch LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  b core.agg_batch;
BEGIN
  SELECT x.* INTO b FROM core.agg_batch x WHERE x.task_no = p_task AND x.bucket = p_bucket AND (x.state = 'filling' OR x.short)
   ORDER BY x.short DESC, x.batch_no LIMIT 1 FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO core.agg_batch (task_no, batch_id, bucket) VALUES (p_task, core.random32(), p_bucket) RETURNING * INTO b;
  END IF;
  RETURN b;
END $$;
