-- callers(auths, peek): who makes each of these calls, or why not.  Checks in
-- this order: principal and token, timestamp, nonce, scope and role, rate.  A
-- refusal costs no rate token.  After a write was let through, this transaction
-- holds the principal's row in core.rate, so writes of one principal run one after
-- another.  All calls read or all write; those of one caller should stand
-- together: each is looked up when the one before was another's.
-- peek (uploads that nginx asks about first): the nonce is looked at and not
-- used, the rate is not charged.
CREATE FUNCTION core.callers(p_auths jsonb[], p_peek boolean DEFAULT false)
RETURNS core.caller[] LANGUAGE plpgsql AS $$
DECLARE
  c core.caller[] := '{}';
  v_lacks core.answer[] := '{}';
  v_who jsonb;
  f record;
BEGIN
  FOR i IN 1 .. cardinality(p_auths) LOOP
    IF v_who IS DISTINCT FROM p_auths[i] - '{ts,nonce}'::text[] THEN
      v_who := p_auths[i] - '{ts,nonce}'::text[];
      f := core.caller_find(v_who);
    END IF;
    c[i] := f.c;
    v_lacks[i] := f.lacks;
  END LOOP;
  c := core.stamps_check(p_auths, c, p_peek);
  FOR i IN 1 .. cardinality(p_auths) LOOP
    IF ((c[i]).refusal).err IS NULL AND (v_lacks[i]).err IS NOT NULL THEN
      c[i].refusal := v_lacks[i];
    END IF;
  END LOOP;
  RETURN CASE WHEN p_peek THEN c ELSE core.rates_take(p_auths, c) END;
END $$;
