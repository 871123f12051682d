-- rates_take(auths, callers): for each call not yet refused one token of its
-- principal's bucket, or a refusal with the real time to the next token; the
-- first calls get what there is, and a refusal takes nothing.
CREATE FUNCTION core.rates_take(p_auths jsonb[], c core.caller[])
RETURNS core.caller[] LANGUAGE plpgsql AS $$
DECLARE
  v_bucket constant text := CASE WHEN (p_auths[1] ->> 'write')::boolean THEN 'submit' ELSE 'read' END;
  v_whose int[] := '{}';      -- principals, and how many calls each of them makes
  v_wants int[] := '{}';
  v_places int[] := '{}';     -- of each call: which call of its principal; 0: not charged
  k int;
  t record;
BEGIN
  FOR i IN 1 .. cardinality(c) LOOP
    v_places[i] := 0;
    CONTINUE WHEN ((c[i]).refusal).err IS NOT NULL OR (p_auths[i] ->> 'reread')::boolean;
    k := coalesce(array_position(v_whose, (c[i]).id), cardinality(v_whose) + 1);
    v_whose[k] := (c[i]).id;
    v_wants[k] := coalesce(v_wants[k], 0) + 1;
    v_places[i] := v_wants[k];
  END LOOP;
  FOR w IN 1 .. cardinality(v_whose) LOOP
    t := core.rate_take(v_whose[w], v_bucket, v_wants[w]);
    FOR i IN 1 .. cardinality(c) LOOP
      CONTINUE WHEN v_places[i] = 0 OR (c[i]).id <> v_whose[w];
      c[i].room := t.room;
      c[i].rate := core.rate_json(t.tokens + greatest(0, t.taken - v_places[i]), t.rate, t.burst);
      IF v_places[i] > t.taken THEN
        c[i].refusal := core.refuse('RATE_LIMITED', 'too many requests', greatest(1, ceil(1000 * (1 - t.tokens) / t.rate))::int);
        c[i].refusal.extra := jsonb_build_object('rate', (c[i]).rate);
      END IF;
    END LOOP;
  END LOOP;
  RETURN c;
END $$;
