-- entitled(lease, principal, assets, held, at): NULL if this principal may use
-- these assets under this lease, else the reason code: core.entitlement by itself.
CREATE FUNCTION core.entitled(p_serial bigint, p_principal int, p_assets bigint[], p_held boolean, p_at timestamptz)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_code text;
BEGIN
  SELECT e.code INTO v_code FROM core.entitlement(p_serial, p_principal, p_assets, p_held, p_at) e;
  RETURN CASE WHEN FOUND THEN v_code ELSE 'POLICY_DENIED' END;
END $$;
