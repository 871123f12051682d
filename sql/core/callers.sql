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
  c constant core.caller[] := core.callers_known(p_auths, p_peek);
BEGIN
  RETURN CASE WHEN p_peek THEN c ELSE core.rates_take(p_auths, c) END;
END $$;
