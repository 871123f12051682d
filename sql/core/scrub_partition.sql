-- scrub_partition(task, before): delete ids of a task that are older, of the first partition that
-- has any, by a pass over it; how many.  Rows that wait or are in a job stay, unless before is NULL: all.
CREATE FUNCTION core.scrub_partition(p_task int, p_before bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE
SET enable_seqscan = on AS $$
DECLARE
  v_n bigint := 0;
BEGIN
  FOR i IN 0 .. 7 LOOP
    EXECUTE format('DELETE FROM core.%I r WHERE r.task_no = $1 AND ($2 IS NULL OR r.time < $2 AND r.state <> ''s'')', 'agg_report_' || i) USING p_task, p_before;
    GET DIAGNOSTICS v_n = ROW_COUNT;
    EXIT WHEN v_n > 0;
  END LOOP;
  RETURN v_n;
END $$;
