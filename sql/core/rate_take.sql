-- rate_take(caller, write): take one token from the caller's bucket, or refuse
-- with the real time to the next token; a refusal takes nothing.
-- A clock set back by an hour gives an hour's tokens: better than an hour without.
-- room of the submit bucket goes down with every write that is let through: a
-- lower bound of what core.quota_check has counted.
CREATE FUNCTION core.rate_take(c core.caller, p_write boolean)
RETURNS core.caller LANGUAGE plpgsql AS $$
DECLARE
  v_bucket text := CASE WHEN p_write THEN 'submit' ELSE 'read' END;
  v_rate float8;
  v_burst float8;
  v_tokens float8;
BEGIN
  SELECT s.value::float8, b.value::float8 INTO v_rate, v_burst
    FROM core.setting s, core.setting b WHERE s.name = 'rate_' || v_bucket AND b.name = 'rate_' || v_bucket || '_burst';
  INSERT INTO core.rate AS r (principal, bucket, tokens, at)
  VALUES (c.id, v_bucket, v_burst - 1, clock_timestamp())
  ON CONFLICT (principal, bucket) DO UPDATE
     SET tokens = least(v_burst, r.tokens + v_rate * abs(extract(epoch FROM clock_timestamp() - r.at))) - 1,
         at = clock_timestamp(),
         room = greatest(0, r.room - 1)
   WHERE least(v_burst, r.tokens + v_rate * abs(extract(epoch FROM clock_timestamp() - r.at))) >= 1
  RETURNING tokens, room INTO v_tokens, c.room;
  IF NOT FOUND THEN
    SELECT r.tokens + v_rate * abs(extract(epoch FROM clock_timestamp() - r.at)) INTO v_tokens
      FROM core.rate r WHERE r.principal = c.id AND r.bucket = v_bucket;
    c.refusal := core.refuse('RATE_LIMITED', 'too many requests',
        greatest(1, ceil(1000 * (1 - v_tokens) / v_rate))::int);
  END IF;
  c.rate := jsonb_build_object('limit', v_burst::int, 'remaining', greatest(0, floor(v_tokens))::int,
      'reset_s', ceil((v_burst - v_tokens) / v_rate)::int);
  c.refusal.extra := CASE WHEN (c.refusal).err IS NOT NULL THEN jsonb_build_object('rate', c.rate) END;
  RETURN c;
END $$;
