-- caller_find(auth): the principal behind a verified key or a live token, or
-- the refusal; lacks: the refusal of the scope asked for, if it has no right to
-- that.  Unknown, expired and killed tokens look the same.
CREATE FUNCTION core.caller_find(p_auth jsonb, OUT c core.caller, OUT lacks core.answer)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_enabled boolean;
  v_scopes text[];
  v_right boolean;
BEGIN
  CASE p_auth ->> 'mode'
    WHEN 'key' THEN
      SELECT p.id, p.public_id, p.roles, p.enabled,
             EXISTS (SELECT FROM core.scope s WHERE s.name = p_auth ->> 'scope' AND s.roles && p.roles)
        INTO c.id, c.public_id, c.roles, v_enabled, v_right
        FROM core.principal_key k JOIN core.principal p ON p.id = k.principal
       WHERE k.peer_id = p_auth ->> 'peer' AND k.removed_at IS NULL;
      c.refusal := CASE WHEN NOT FOUND THEN core.refuse('FORBIDDEN', 'unknown key') END;
    WHEN 'token' THEN
      SELECT p.id, p.public_id, p.roles, t.id, p.enabled, t.scopes,
             EXISTS (SELECT FROM core.scope s WHERE s.name = p_auth ->> 'scope' AND s.roles && p.roles)
        INTO c.id, c.public_id, c.roles, c.token, v_enabled, v_scopes, v_right
        FROM core.token t JOIN core.principal p ON p.id = t.principal
       WHERE t.sha256 = decode(p_auth ->> 'sha256', 'hex') AND t.revoked_at IS NULL AND t.expires_at > clock_timestamp();
      c.refusal := CASE WHEN NOT FOUND THEN core.refuse('UNAUTHORIZED', 'the token is not valid') END;
    ELSE
      c.refusal := core.refuse('UNAUTHORIZED', 'this call needs a signature or a token');
  END CASE;
  IF NOT v_enabled THEN
    c.refusal := core.refuse('FORBIDDEN', 'this principal is switched off');
  ELSIF NOT p_auth ->> 'scope' = ANY (v_scopes) THEN
    lacks := core.refuse('FORBIDDEN', format('the token lacks scope %s', p_auth ->> 'scope'));
  ELSIF NOT v_right THEN
    lacks := core.refuse('FORBIDDEN', format('scope %s is not among this principal''s rights', p_auth ->> 'scope'));
  END IF;
END $$;
