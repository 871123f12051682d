-- uuid7_floor(day): the smallest id of a day (UTC): bound of its partitions.
CREATE FUNCTION core.uuid7_floor(p_day date) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM p_day) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
