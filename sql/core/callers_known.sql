-- callers_known(auths, peek): who makes each of these calls, or why not, as
-- core.callers finds it but for the rate, which is neither looked at nor charged.
CREATE FUNCTION core.callers_known(p_auths jsonb[], p_peek boolean)
RETURNS core.caller[] LANGUAGE plpgsql AS $$
DECLARE
  c core.caller[];
  v_who jsonb;
  v_next jsonb;
  v_whos jsonb[] := '{}';     -- different callers, one after the other
  v_places int[] := '{}';     -- of each call: which of them makes it
  v_keys boolean := false;
  f record;
BEGIN
  FOR i IN 1 .. cardinality(p_auths) LOOP
    IF i = 1 OR p_auths[i] <> p_auths[i - 1] THEN
      v_next := p_auths[i] - '{ts,nonce}'::text[];
      IF v_who IS DISTINCT FROM v_next THEN
        v_who := v_next;
        v_whos := v_whos || v_who;
        v_keys := v_keys OR v_who ->> 'mode' = 'key';
      END IF;
    END IF;
    v_places[i] := cardinality(v_whos);
  END LOOP;
  f := core.callers_find(v_whos);
  c := ARRAY(SELECT f.who[p] FROM unnest(v_places) p);
  IF v_keys THEN
    c := core.stamps_check(p_auths, c, p_peek);
  END IF;
  IF f.lacking THEN
    FOR i IN 1 .. cardinality(p_auths) LOOP
      IF ((c[i]).refusal).err IS NULL AND (f.lacks[v_places[i]]).err IS NOT NULL THEN
        c[i].refusal := f.lacks[v_places[i]];
      END IF;
    END LOOP;
  END IF;
  RETURN c;
END $$;
