-- agg_bucket_first(bucket): the start of a bucket of time_interval; what is none raises
-- a data exception.
CREATE FUNCTION core.agg_bucket_first(p_bucket bytea) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF length(p_bucket) <> 8 OR get_bit(p_bucket, 7) = 1 THEN
    RAISE EXCEPTION 'not a bucket' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN ('x' || encode(p_bucket, 'hex'))::bit(64)::bigint;
END $$;
