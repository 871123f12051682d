-- script_put_check(auth, {sha256, size}): may this caller store a script now?
-- The nonce is not used up.
CREATE FUNCTION api.script_put_check(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth, true);
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  RETURN core.ok(204);
END $$;
