-- rate_take(principal, bucket, wanted): take up to so many tokens; taken says
-- how many there were, tokens what is left.  A bucket with none is not written.
-- room of the submit bucket goes down with every write that is let through: a
-- lower bound of what core.quota_room has counted.
CREATE FUNCTION core.rate_take(p_principal int, p_bucket text, p_wanted int,
  OUT taken int, OUT tokens float8, OUT room int, OUT rate float8, OUT burst float8)
LANGUAGE plpgsql AS $$
BEGIN
  SELECT s.value::float8, b.value::float8 INTO rate, burst
    FROM core.setting s, core.setting b WHERE s.name = 'rate_' || p_bucket AND b.name = 'rate_' || p_bucket || '_burst';
  INSERT INTO core.rate AS r (principal, bucket, tokens, at, taken)
  VALUES (p_principal, p_bucket, burst - least(p_wanted, floor(burst)), clock_timestamp(), least(p_wanted, floor(burst)))
  ON CONFLICT (principal, bucket) DO UPDATE
     SET taken = least(p_wanted, floor(core.rate_now(r, rate_take.rate, burst))),
         tokens = core.rate_now(r, rate_take.rate, burst) - least(p_wanted, floor(core.rate_now(r, rate_take.rate, burst))),
         room = greatest(0, r.room - least(p_wanted, floor(core.rate_now(r, rate_take.rate, burst)))),
         at = clock_timestamp()
   WHERE core.rate_now(r, rate_take.rate, burst) >= 1
  RETURNING r.taken, r.tokens, r.room INTO taken, tokens, room;
  IF NOT FOUND THEN
    taken := 0;
    SELECT core.rate_now(r, rate_take.rate, burst) INTO tokens
      FROM core.rate r WHERE r.principal = p_principal AND r.bucket = p_bucket;
  END IF;
END $$;
