-- asset_put_check(auth, {asset_id, kind, size, sha256, if_match, if_none_match}):
-- may this caller upload now?  204, or the refusal that asset_put would give.
-- Asked before a byte of the body is taken: the nonce is not used up.
CREATE FUNCTION api.asset_put_check(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth, true);
  a core.answer;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  a := core.asset_precondition(c.id, p_req);
  IF a.err IS NOT NULL THEN
    RETURN a;
  END IF;
  RETURN core.ok(204);
END $$;
