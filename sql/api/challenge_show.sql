-- challenge_show(auth, {nonce}): the first half of an answer to a challenge: the
-- {message} that must have been signed.  Uses nothing up but the caller's own nonce.
CREATE FUNCTION api.challenge_show(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.caller_or_nobody(p_auth);
  h core.challenge;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO h FROM core.challenge x WHERE x.nonce = p_req ->> 'nonce' AND x.expires_at > clock_timestamp();
  IF NOT FOUND THEN
    RETURN core.refuse('UNAUTHORIZED', 'the challenge is unknown or over');
  END IF;
  RETURN core.ok(200, jsonb_build_object('message', h.message));
END $$;
