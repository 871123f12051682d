-- lease_refusal(lease, request): may this lease be used by this request at all?
-- The lease row is NULL when the caller has none of that name: then it does not
-- matter whether somebody else has.  The spender, where the lease names one,
-- must be the one signed for, and bound to the consumer.
CREATE FUNCTION core.lease_refusal(l core.data_lease, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_spender text := lower(p_req ->> 'spender');
  v_bound int;
  a core.answer;
BEGIN
  IF l.serial IS NULL THEN
    RETURN core.refuse('FORBIDDEN', 'lease refused: you have no lease of this name');
  END IF;
  IF l.state IN ('pending', 'rejected') THEN
    RETURN core.refuse('FORBIDDEN', 'lease refused: it is ' || l.state);
  END IF;
  IF l.spender IS NOT NULL AND v_spender IS NULL THEN
    RETURN core.refuse('UNAUTHORIZED', 'this lease needs the X-Pandacea-Spender-Address header');
  END IF;
  IF v_spender IS NULL THEN
    RETURN a;
  END IF;
  SELECT d.principal INTO v_bound FROM core.principal_address d WHERE d.address = v_spender;
  IF l.spender <> v_spender OR v_bound <> l.consumer OR (l.spender IS NOT NULL AND v_bound IS NULL) THEN
    RETURN core.refuse('FORBIDDEN', 'the spender address is not yours or not this lease''s');
  END IF;
  RETURN a;
END $$;
