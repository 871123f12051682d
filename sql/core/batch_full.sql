-- batch_full(task): a fixed_size batch with so many reports takes no more.
CREATE FUNCTION core.batch_full(t core.agg_task) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN coalesce(core.agg_count_max(t), t.min_batch_size);
END $$;
