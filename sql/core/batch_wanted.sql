-- batch_wanted(task, bucket): does a collection wait for reports that are stored here?
CREATE FUNCTION core.batch_wanted(p_task int, p_bucket bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  s core.agg_span;
BEGIN
  SELECT x.* INTO s FROM core.agg_span x WHERE x.task_no = p_task AND x.first <= p_bucket ORDER BY x.first DESC LIMIT 1;
  RETURN (s.past > p_bucket) IS TRUE OR EXISTS (SELECT FROM core.agg_batch b WHERE b.task_no = p_task AND b.bucket = p_bucket AND b.short);
END $$;
