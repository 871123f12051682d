-- agg_diverged(task, batch id, first, past): did the two nodes stop agreeing on a bucket of it?
CREATE FUNCTION core.agg_diverged(p_task int, p_batch bytea, p_first bigint, p_past bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  v constant record := core.agg_range(p_batch, p_first, p_past);
BEGIN
  RETURN EXISTS (SELECT FROM core.agg_bucket b WHERE b.task_no = p_task AND b.bucket >= v.low AND b.bucket < v.high AND b.state = 'diverged');
END $$;
