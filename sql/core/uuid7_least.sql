-- uuid7_least(time): the smallest id of a millisecond.
CREATE FUNCTION core.uuid7_least(p_at timestamptz) RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM p_at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
