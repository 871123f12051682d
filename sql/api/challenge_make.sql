-- challenge_make(auth, {address, nonce, node}): what the wallet of this address is
-- to sign: {nonce, address, expires_at, message} 201.  The message names the node, so that no
-- other node's answer fits, and the caller, if there is one, so that the owner
-- of the wallet sees whom it would be bound to.
CREATE FUNCTION api.challenge_make(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.caller_or_nobody(p_auth);
  h core.challenge;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  -- what is over goes, a little at each call
  DELETE FROM core.challenge x WHERE x.nonce = ANY (ARRAY(
    SELECT y.nonce FROM core.challenge y WHERE y.expires_at < clock_timestamp()
     ORDER BY y.expires_at LIMIT 20 FOR UPDATE SKIP LOCKED));
  INSERT INTO core.challenge AS x (nonce, address, principal, message, expires_at)
  VALUES (p_req ->> 'nonce', p_req ->> 'address', nullif(c.id, 0),
          format(E'Prove to a Darkroom node that this address is yours.\n\nNode: %s\nAddress: %s\nNonce: %s',
                 p_req ->> 'node', p_req ->> 'address', p_req ->> 'nonce')
            || coalesce(E'\nCaller: ' || coalesce(p_auth ->> 'peer', c.public_id), ''),
          clock_timestamp() + core.setting_int('challenge_s') * interval '1 s')
  ON CONFLICT (nonce) DO NOTHING;      -- the first commit of this very call was in doubt
  SELECT * INTO h FROM core.challenge x WHERE x.nonce = p_req ->> 'nonce';
  RETURN core.ok(201, jsonb_build_object('nonce', h.nonce, 'address', h.address, 'expires_at', core.ts(h.expires_at),
                                         'message', h.message));
END $$;
