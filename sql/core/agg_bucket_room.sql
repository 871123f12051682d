-- agg_bucket_room(task, bucket): how many more reports a helper takes into it; NULL: any number.
CREATE FUNCTION core.agg_bucket_room(t core.agg_task, p_bucket bytea) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_max constant bigint := core.agg_count_max(t);
BEGIN
  IF v_max IS NOT NULL THEN
    RETURN greatest(0, v_max - (SELECT coalesce(sum(p.count), 0) FROM core.agg_part p WHERE p.task_no = t.task_no AND p.bucket = p_bucket));
  END IF;
  RETURN NULL;
END $$;
