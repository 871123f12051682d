-- agg_closed(task, time): is the batch of a report of this time closing or collected?
-- Of fixed_size no report has a batch before its job.
CREATE FUNCTION core.agg_closed(p_task int, p_time bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  s core.agg_span;
BEGIN
  SELECT x.* INTO s FROM core.agg_span x WHERE x.task_no = p_task AND x.first <= p_time ORDER BY x.first DESC LIMIT 1;
  RETURN (s.past > p_time AND s.state <> 'waiting') IS TRUE;
END $$;
