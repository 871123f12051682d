-- cred_blob_put_check(auth, {for: tails|import, hash, sha256, size}): may this caller
-- upload now?  204, or the refusal of cred_blob_put.  The nonce is not used up.
CREATE FUNCTION api.cred_blob_put_check(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth, true);
  a core.answer;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  a := core.cred_blob_fault(p_req);
  IF a.err IS NULL THEN
    a := core.cred_blob_quota(core.tenant_of(c.id), p_req);
  END IF;
  RETURN CASE WHEN a.err IS NOT NULL THEN a ELSE core.ok(204) END;
END $$;
