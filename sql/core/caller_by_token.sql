-- caller_by_token(sha256 in hex): the principal of a live bearer token and the
-- token's scopes.  Unknown, expired and killed tokens look the same.
CREATE FUNCTION core.caller_by_token(p_sha256 text, OUT c core.caller, OUT scopes text[])
LANGUAGE plpgsql AS $$
DECLARE
  v_enabled boolean;
BEGIN
  SELECT p.id, p.public_id, p.roles, t.id, p.enabled, t.scopes
    INTO c.id, c.public_id, c.roles, c.token, v_enabled, scopes
    FROM core.token t JOIN core.principal p ON p.id = t.principal
   WHERE t.sha256 = decode(p_sha256, 'hex') AND t.revoked_at IS NULL AND t.expires_at > clock_timestamp();
  IF NOT FOUND THEN
    c.refusal := core.refuse('UNAUTHORIZED', 'the token is not valid');
  ELSIF NOT v_enabled THEN
    c.refusal := core.refuse('FORBIDDEN', 'this principal is switched off');
  END IF;
END $$;
