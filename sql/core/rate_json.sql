-- rate_json(tokens, rate, burst): what RateLimit-* headers say of a bucket.
CREATE FUNCTION core.rate_json(p_tokens float8, p_rate float8, p_burst float8)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('limit', p_burst::int, 'remaining', greatest(0, floor(p_tokens))::int,
      'reset_s', ceil((p_burst - p_tokens) / p_rate)::int)
$$;
