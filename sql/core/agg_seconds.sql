-- agg_seconds(time, unit): a time of the wire in seconds, or what is later than any of ours.
CREATE FUNCTION core.agg_seconds(p_time text, p_unit bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT least(p_time::numeric * p_unit, 2305843009213693952)::bigint
$$;
