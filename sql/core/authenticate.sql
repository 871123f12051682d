-- authenticate(auth, peek): who calls, or why not.  Checks in this order:
-- principal and token, timestamp, nonce, scope and role, rate.  A refusal costs
-- no rate token.  After a write was let through, this transaction holds the
-- principal's row in core.rate, so writes of one principal run one after another.
-- peek (uploads that nginx asks about first): the nonce is looked at and not
-- used, the rate is not charged.
CREATE FUNCTION core.authenticate(p_auth jsonb, p_peek boolean DEFAULT false)
RETURNS core.caller LANGUAGE plpgsql AS $$
DECLARE
  c core.caller;
  v_write boolean := coalesce((p_auth ->> 'write')::boolean, false);
  v_scopes text[];
BEGIN
  CASE p_auth ->> 'mode'
    WHEN 'key' THEN
      c := core.caller_by_key(p_auth, v_write, p_peek);
    WHEN 'token' THEN
      SELECT (r.c).*, r.scopes INTO c.id, c.public_id, c.roles, c.token, c.room, c.rate, c.refusal, v_scopes
        FROM core.caller_by_token(p_auth ->> 'sha256') r;
    ELSE
      c.refusal := core.refuse('UNAUTHORIZED', 'this call needs a signature or a token');
  END CASE;
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c;
  END IF;
  IF v_scopes IS NOT NULL AND NOT (p_auth ->> 'scope') = ANY (v_scopes) THEN
    c.refusal := core.refuse('FORBIDDEN', format('the token lacks scope %s', p_auth ->> 'scope'));
    RETURN c;
  END IF;
  IF NOT EXISTS (SELECT FROM core.scope s WHERE s.name = p_auth ->> 'scope' AND s.roles && c.roles) THEN
    c.refusal := core.refuse('FORBIDDEN', format('scope %s is not among this principal''s rights', p_auth ->> 'scope'));
    RETURN c;
  END IF;
  IF p_peek OR (p_auth ->> 'reread')::boolean THEN
    RETURN c;
  END IF;
  RETURN core.rate_take(c, v_write);
END $$;
