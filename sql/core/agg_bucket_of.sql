-- agg_bucket_of(time): the bucket of time_interval that begins then.
CREATE FUNCTION core.agg_bucket_of(p_first bigint) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT int8send(p_first)
$$;
