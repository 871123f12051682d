-- challenge_take(auth, {nonce, signer, request_id}): the second half: signer is
-- the address whose key signed the message, absent when there was no such signature.
-- Uses the challenge up, whatever it comes to.  When who asked for it also answers,
-- the address is theirs from now on: the last proof counts, for whoever holds the
-- wallet's key may have lost the old principal's.  {address, valid, bound} 200.
CREATE FUNCTION api.challenge_take(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.caller_or_nobody(p_auth);
  h core.challenge;
  v_from int;
  v_bound boolean;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  UPDATE core.challenge x SET used_by = p_req ->> 'request_id', valid = (p_req ->> 'signer' = x.address) IS TRUE
   WHERE x.nonce = p_req ->> 'nonce' AND x.expires_at > clock_timestamp()
     AND (x.used_by IS NULL OR x.used_by = p_req ->> 'request_id' AND (p_auth ->> 'retry')::boolean IS TRUE)
  RETURNING * INTO h;
  IF NOT FOUND THEN
    RETURN core.refuse('UNAUTHORIZED', 'the challenge is unknown or over');
  END IF;
  IF NOT h.valid THEN
    RETURN core.refuse('UNAUTHORIZED', 'this is not the address''s signature of the challenge''s message');
  END IF;
  v_bound := h.principal IS NOT NULL AND h.principal = c.id;
  IF v_bound AND (SELECT count(*) FROM core.principal_address d WHERE d.principal = c.id AND d.address <> h.address) >= 100 THEN
    RETURN core.refuse('QUOTA_EXCEEDED', 'a principal has at most 100 addresses');
  END IF;
  IF v_bound THEN
    SELECT d.principal INTO v_from FROM core.principal_address d WHERE d.address = h.address FOR UPDATE;
    INSERT INTO core.principal_address AS d (address, principal) VALUES (h.address, c.id)
    ON CONFLICT (address) DO UPDATE SET principal = EXCLUDED.principal, proved_at = clock_timestamp();
    PERFORM core.event_add(c.public_id, 'address.bound', h.address,
        jsonb_strip_nulls(jsonb_build_object('from', (SELECT p.public_id FROM core.principal p WHERE p.id = v_from AND p.id <> c.id))));
  END IF;
  RETURN core.ok(200, jsonb_build_object('address', h.address, 'valid', true, 'bound', v_bound));
END $$;
