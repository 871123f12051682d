-- rate_refusal(tokens, rate, burst): a bucket with less than one token, and when
-- it has one again.
CREATE FUNCTION core.rate_refusal(p_tokens float8, p_rate float8, p_burst float8)
RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  a core.answer := core.refuse('RATE_LIMITED', 'too many requests', greatest(1, ceil(1000 * (1 - p_tokens) / p_rate))::int);
BEGIN
  a.extra := jsonb_build_object('rate', core.rate_json(p_tokens, p_rate, p_burst));
  RETURN a;
END $$;
