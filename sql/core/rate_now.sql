-- rate_now(bucket, rate, burst): tokens that it holds now.  A clock set back by
-- an hour gives an hour's tokens: better than an hour without.
CREATE FUNCTION core.rate_now(r core.rate, p_rate float8, p_burst float8)
RETURNS float8 LANGUAGE sql VOLATILE AS $$
  SELECT least(p_burst, r.tokens + p_rate * abs(extract(epoch FROM clock_timestamp() - r.at))::float8)
$$;
