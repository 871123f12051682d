-- tenant_caller(auth): core.authenticate, with the caller's tenant entered.
CREATE FUNCTION core.tenant_caller(p_auth jsonb) RETURNS core.caller LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  c constant core.caller := core.authenticate(p_auth);
BEGIN
  IF (c.refusal).err IS NULL THEN
    PERFORM core.tenant_enter(core.tenant_of(c.id));
  END IF;
  RETURN c;
END $$;
