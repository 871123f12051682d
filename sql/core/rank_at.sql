-- rank_at(time, priority): the place in the claim order: microseconds since the
-- epoch, a step of priority being worth ten minutes of waiting.
CREATE FUNCTION core.rank_at(p_at timestamptz, p_priority int) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT (extract(epoch FROM p_at) * 1000000)::bigint - p_priority * 600000000::bigint
$$;
