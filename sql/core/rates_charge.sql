-- rates_charge(callers, whats, places, bucket, principals, wanted, rate, burst, cap):
-- the second half of core.rates_take: take up to so many tokens of each
-- principal's bucket, then tell each call whether it got one.
CREATE FUNCTION core.rates_charge(c core.caller[], p_whats int[], p_places int[], p_bucket text,
  p_whose int[], p_wants int[], p_rate float8, p_burst float8, p_cap int)
RETURNS core.caller[] LANGUAGE plpgsql AS $$
DECLARE
  v_taken int[] := '{}';      -- of each principal
  v_tokens float8[] := '{}';
  v_rooms int[] := '{}';
  t record;
BEGIN
  FOR t IN
    WITH w AS (
      SELECT u.id, u.k, least(u.wants, floor(p_burst))::int AS wants FROM unnest(p_whose, p_wants) WITH ORDINALITY u (id, wants, k)),
    took AS (
      INSERT INTO core.rate AS r (principal, bucket, tokens, at, taken)
      SELECT w.id, p_bucket, p_burst - w.wants, clock_timestamp(), w.wants FROM w ORDER BY w.k
      ON CONFLICT (principal, bucket) DO UPDATE
         SET taken = least(excluded.taken, floor(core.rate_now(r, p_rate, p_burst))),
             tokens = core.rate_now(r, p_rate, p_burst) - least(excluded.taken, floor(core.rate_now(r, p_rate, p_burst))),
             room = greatest(0, r.room - least(excluded.taken, floor(core.rate_now(r, p_rate, p_burst)))),
             at = clock_timestamp()
       WHERE core.rate_now(r, p_rate, p_burst) >= 1
      RETURNING r.principal, r.taken, r.tokens, CASE WHEN r.room_cap = p_cap THEN r.room ELSE 0 END AS room)
    SELECT array_position(p_whose, took.principal) AS k, took.* FROM took
  LOOP
    v_taken[t.k] := t.taken;
    v_tokens[t.k] := t.tokens;
    v_rooms[t.k] := t.room;
  END LOOP;
  FOR k IN 1 .. cardinality(p_whose) LOOP
    IF v_taken[k] IS NULL THEN      -- a bucket with none
      v_taken[k] := 0;
      v_tokens[k] := (SELECT core.rate_now(r, p_rate, p_burst) FROM core.rate r WHERE r.principal = p_whose[k] AND r.bucket = p_bucket);
    END IF;
  END LOOP;
  RETURN ARRAY(
    SELECT ROW(x.id, x.public_id, x.roles, x.token, v_rooms[x.k],
               CASE WHEN x.k IS NULL THEN x.rate
                    ELSE core.rate_json(v_tokens[x.k] + greatest(0, v_taken[x.k] - x.place), p_rate, p_burst) END,
               CASE WHEN x.place > v_taken[x.k] THEN core.rate_refusal(v_tokens[x.k], p_rate, p_burst) ELSE x.refusal END)::core.caller
      FROM ROWS FROM (unnest(c), unnest(p_whats), unnest(p_places)) x (id, public_id, roles, token, room, rate, refusal, k, place));
END $$;
