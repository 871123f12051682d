-- tails_get(auth, {hash}): a tails file that was made or looked through here; any
-- tenant's, and for anybody, while tails_public is on, else those of the caller's
-- tenant.  Only what is known to be tails is given out.
CREATE FUNCTION api.tails_get(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_public constant boolean := core.setting_bool('tails_public');
  c core.caller := CASE WHEN v_public THEN core.caller_or_nobody(p_auth) ELSE core.authenticate(p_auth) END;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  RETURN core.cred_blob_answer((SELECT b.sha256 FROM core.cred_blob b
    WHERE b.use = 'tails' AND b.hash = p_req ->> 'hash' AND (v_public OR b.tenant = core.tenant_of(c.id)) LIMIT 1), p_req ->> 'hash');
END $$;
