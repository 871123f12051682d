-- agg_count_max(task): how many reports a batch may have: what the task says of fixed_size, and as
-- many as a sum holds.  NULL: any number.
CREATE FUNCTION core.agg_count_max(t core.agg_task) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN least(CASE t.mode WHEN 2 THEN t.max_batch_size END, t.count_max);
END $$;
