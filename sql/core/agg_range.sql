-- agg_range(batch id, first, past): the buckets of a batch, as a range of the bytes of
-- agg_bucket.bucket: from low, up to but not high.
CREATE FUNCTION core.agg_range(p_batch bytea, p_first bigint, p_past bigint, OUT low bytea, OUT high bytea) LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF p_batch IS NOT NULL THEN
    low := p_batch;
    high := p_batch || '\x00';
  ELSE
    low := core.agg_bucket_of(p_first);
    high := core.agg_bucket_of(p_past);
  END IF;
END $$;
