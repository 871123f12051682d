-- agg_bucket_closed(task, bucket): does it take no more reports?
CREATE FUNCTION core.agg_bucket_closed(t core.agg_task, p_bucket bytea) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF t.mode = 1 THEN
    RETURN core.agg_closed(t.task_no, core.agg_bucket_first(p_bucket));
  END IF;
  RETURN EXISTS (SELECT FROM core.agg_bucket b WHERE b.task_no = t.task_no AND b.bucket = p_bucket AND b.state <> 'open');
END $$;
