-- batch_took(batch, n): reports were assigned to it.
CREATE FUNCTION core.batch_took(b core.agg_batch, p_n int) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  t core.agg_task;
BEGIN
  SELECT x.* INTO t FROM core.agg_task x WHERE x.task_no = b.task_no;
  UPDATE core.agg_batch x
     SET assigned = x.assigned + p_n, short = x.short AND x.assigned + p_n < t.min_batch_size,
         state = CASE WHEN x.state = 'filling' AND x.assigned + p_n >= core.batch_full(t) THEN 'full' ELSE x.state END
   WHERE x.batch_no = b.batch_no;
END $$;
