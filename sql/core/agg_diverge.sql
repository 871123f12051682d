-- agg_diverge(task, bucket): the two nodes of a leader's task do not agree on this bucket: it is never
-- collected, so it takes no more reports, which would be lost.  One that lies in an
-- interval that somebody asked for closes with that.  The caller holds core.agg_alone.
CREATE FUNCTION core.agg_diverge(p_task int, p_bucket bytea) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  t core.agg_task;
  v_first bigint;
BEGIN
  SELECT x.* INTO t FROM core.agg_task x WHERE x.task_no = p_task;
  UPDATE core.agg_bucket b SET state = 'diverged' WHERE b.task_no = p_task AND b.bucket = p_bucket AND b.state <> 'diverged';
  IF t.mode = 2 THEN
    UPDATE core.agg_batch b SET state = 'collected', short = false WHERE b.task_no = p_task AND b.batch_id = p_bucket;
    RETURN;
  END IF;
  v_first := core.agg_bucket_first(p_bucket);
  IF (core.agg_overlap(p_task, v_first, v_first + t.precision_s)).task_no IS NULL THEN
    INSERT INTO core.agg_span (task_no, first, past, state) VALUES (p_task, v_first, v_first + t.precision_s, 'collected');
  END IF;
END $$;
