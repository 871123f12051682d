-- batch_due(most, task, place): of the groups of waiting reports (a task and a bucket of agg_stored) behind
-- this one, the next that makes an aggregation job now (due): enough of them, one of them
-- old, or somebody asks for their batch.  Those that were given back count when their time has
-- come.  How many were looked at: at most so many, and then the last of them, due or not.  Task NULL:
-- there are no more.
CREATE FUNCTION core.batch_due(p_most int, INOUT task int, INOUT place bigint, OUT due boolean, OUT looked int) LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_min constant bigint := core.setting_int('agg_job_min');
  v_now constant timestamptz := clock_timestamp();
  v_old constant timestamptz := v_now - core.setting_int('agg_job_age_s') * interval '1 s';
  v_at timestamptz;
BEGIN
  due := false;
  looked := 0;
  WHILE NOT due AND looked < p_most LOOP
    SELECT x.task_no, x.bucket, x.at INTO task, place, v_at FROM core.agg_stored x
     WHERE (x.task_no, x.bucket) > (task, place) ORDER BY x.task_no, x.bucket, x.at LIMIT 1;
    EXIT WHEN NOT FOUND;
    looked := looked + 1;
    due := v_at <= v_old
      OR (SELECT count(*) FROM (SELECT FROM core.agg_stored y WHERE y.task_no = task AND y.bucket = place AND y.at <= v_now LIMIT v_min) z) >= v_min
      OR v_at <= v_now AND core.batch_wanted(task, place);
  END LOOP;
END $$;
