-- caller_by_key(auth, write, peek): the principal of a verified signature: key
-- known, principal enabled, timestamp inside the window, nonce never seen.
-- A write's nonce is inserted in the transaction of its effect.  Those of reads
-- are in an unlogged table that a crash empties; therefore a read stamped
-- before the server's start, or before that table's, is refused.
-- auth.reread: the front looks again for a request that passed here once.
-- auth.retry: the front tries again because the first commit is in doubt, so
-- this request's own nonce may be there.
CREATE FUNCTION core.caller_by_key(p_auth jsonb, p_write boolean, p_peek boolean)
RETURNS core.caller LANGUAGE plpgsql AS $$
DECLARE
  c core.caller;
  v_enabled boolean;
  v_window float8;
  v_legacy_on boolean;
  v_at timestamptz := to_timestamp((p_auth ->> 'ts')::float8);
  v_nonce text := p_auth ->> 'nonce';
  v_retry boolean := coalesce((p_auth ->> 'retry')::boolean, false);
BEGIN
  SELECT p.id, p.public_id, p.roles, p.enabled,
         (SELECT s.value::float8 FROM core.setting s WHERE s.name = 'auth_window_s'),
         (SELECT s.value::boolean FROM core.setting s WHERE s.name = 'legacy_auth')
    INTO c.id, c.public_id, c.roles, v_enabled, v_window, v_legacy_on
    FROM core.principal_key k JOIN core.principal p ON p.id = k.principal
   WHERE k.peer_id = p_auth ->> 'peer' AND k.removed_at IS NULL;
  IF NOT FOUND THEN
    c.refusal := core.refuse('FORBIDDEN', 'unknown key');
    RETURN c;
  END IF;
  IF NOT v_enabled THEN
    c.refusal := core.refuse('FORBIDDEN', 'this principal is switched off');
    RETURN c;
  END IF;
  IF (p_auth ->> 'reread')::boolean THEN
    RETURN c;
  END IF;
  IF v_at IS NULL AND v_legacy_on AND (p_auth ->> 'legacy')::boolean THEN
    RETURN c;
  END IF;
  IF v_at IS NULL OR v_nonce IS NULL THEN
    c.refusal := core.refuse('UNAUTHORIZED', 'timestamp and nonce must be signed');
    RETURN c;
  END IF;
  IF abs(extract(epoch FROM clock_timestamp() - v_at)) > v_window AND NOT v_retry THEN
    c.refusal := core.refuse('UNAUTHORIZED', 'timestamp out of window');
    RETURN c;
  END IF;
  IF p_peek THEN
    PERFORM FROM core.nonce n WHERE n.principal = c.id AND n.nonce = v_nonce;
    IF FOUND THEN
      c.refusal := core.refuse('FORBIDDEN', 'nonce was used before');
    END IF;
    RETURN c;
  END IF;
  IF p_write THEN
    INSERT INTO core.nonce (principal, nonce) VALUES (c.id, v_nonce) ON CONFLICT DO NOTHING;
  ELSIF v_at < core.nonce_read_since() AND NOT v_retry THEN
    c.refusal := core.refuse('UNAUTHORIZED', 'timestamp out of window: signed before the last restart');
    RETURN c;
  ELSE
    INSERT INTO core.nonce_read (principal, nonce) VALUES (c.id, v_nonce) ON CONFLICT DO NOTHING;
  END IF;
  IF NOT FOUND AND NOT v_retry THEN
    c.refusal := core.refuse('FORBIDDEN', 'nonce was used before');
  END IF;
  RETURN c;
END $$;
