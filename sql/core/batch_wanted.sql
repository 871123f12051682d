-- batch_wanted(task, bucket): does a collection wait for reports that are stored here?  Its interval is
-- closing; or its fixed_size batch lacks some, and as many are here.
CREATE FUNCTION core.batch_wanted(p_task int, p_bucket bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  s core.agg_span;
  v_lacks bigint;
BEGIN
  SELECT x.* INTO s FROM core.agg_span x WHERE x.task_no = p_task AND x.first <= p_bucket ORDER BY x.first DESC LIMIT 1;
  IF (s.past > p_bucket AND s.state = 'closing') IS TRUE THEN
    RETURN true;
  END IF;
  SELECT greatest(1, least(1000, min(t.min_batch_size - b.assigned))) INTO v_lacks FROM core.agg_batch b JOIN core.agg_task t USING (task_no)
   WHERE b.task_no = p_task AND b.bucket = p_bucket AND b.short;
  RETURN v_lacks IS NOT NULL
     AND (SELECT count(*) FROM (SELECT FROM core.agg_stored x WHERE x.task_no = p_task AND x.bucket = p_bucket AND x.at <= clock_timestamp() LIMIT v_lacks) y) >= v_lacks;
END $$;
