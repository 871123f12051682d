-- cred_wallet(name, definition): the wallet that a request is about, by its name, or
-- without one by the definition that lies in it.  NULL: the tenant that was entered has none.
CREATE FUNCTION core.cred_wallet(p_name text, p_definition text) RETURNS core.wallet LANGUAGE plpgsql STABLE AS $$
DECLARE
  w core.wallet;
  v_tenant constant text := current_setting('darkroom.tenant');
BEGIN
  IF p_name IS NOT NULL THEN
    SELECT x.* INTO w FROM core.wallet x WHERE x.tenant = v_tenant AND x.name = p_name AND x.job IS NULL;
  ELSIF p_definition IS NOT NULL THEN
    SELECT x.* INTO w FROM core.cred_def d JOIN core.wallet x ON x.serial = d.wallet WHERE d.tenant = v_tenant AND d.id = p_definition;
  END IF;
  RETURN w;
END $$;
