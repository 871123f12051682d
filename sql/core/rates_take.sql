-- rates_take(auths, callers): for each call not yet refused one token of its
-- principal's bucket, or a refusal with the real time to the next token; the
-- first calls get what there is, and a refusal takes nothing.  A bucket with none is
-- not written.  The rows are taken in the order of the calls.
-- room of the submit bucket goes down with every write that is let through: a
-- lower bound of what core.quota_room has counted, 0 when it counted for another cap.
CREATE FUNCTION core.rates_take(p_auths jsonb[], c core.caller[])
RETURNS core.caller[] LANGUAGE plpgsql AS $$
DECLARE
  v_bucket constant text := CASE WHEN (p_auths[1] ->> 'write')::boolean THEN 'submit' ELSE 'read' END;
  v_whose int[] := '{}';      -- principals, and how many calls each of them makes
  v_wants int[] := '{}';
  v_whats int[] := array_fill(NULL::int, ARRAY[cardinality(c)]);      -- of each call: its place in these; NULL: not charged
  v_places int[] := v_whats;  -- and which call of its principal it is
  v_id int;
  k int;
  s record;
BEGIN
  FOR i IN 1 .. cardinality(c) LOOP
    v_id := CASE WHEN ((c[i]).refusal).err IS NULL AND (p_auths[i] ->> 'reread')::boolean IS NOT TRUE THEN (c[i]).id END;
    CONTINUE WHEN v_id IS NULL;
    IF v_whose[k] IS DISTINCT FROM v_id THEN
      k := coalesce(array_position(v_whose, v_id), cardinality(v_whose) + 1);
      v_whose[k] := v_id;
    END IF;
    v_wants[k] := coalesce(v_wants[k], 0) + 1;
    v_whats[i] := k;
    v_places[i] := v_wants[k];
  END LOOP;
  IF v_whose = '{}' THEN
    RETURN c;
  END IF;
  SELECT r.value::float8 AS rate, b.value::float8 AS burst, m.value::int AS cap INTO STRICT s
    FROM core.setting r, core.setting b, core.setting m
   WHERE r.name = 'rate_' || v_bucket AND b.name = 'rate_' || v_bucket || '_burst' AND m.name = 'open_jobs_max';
  RETURN core.rates_charge(c, v_whats, v_places, v_bucket, v_whose, v_wants, s.rate, s.burst, s.cap);
END $$;
