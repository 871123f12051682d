-- export_get(auth, {wallet, sha256}): an export of a wallet of the caller's tenant.
CREATE FUNCTION api.export_get(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.tenant_caller(p_auth);
  v_sha bytea;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT b.sha256 INTO v_sha FROM core.cred_blob b
   WHERE b.tenant = current_setting('darkroom.tenant') AND b.use = 'export' AND b.wallet = p_req ->> 'wallet'
     AND encode(b.sha256, 'hex') = p_req ->> 'sha256' AND b.expires_at > clock_timestamp();
  IF FOUND THEN
    PERFORM core.event_add(c.public_id, 'export.read', p_req ->> 'wallet', jsonb_build_object('sha256', p_req -> 'sha256'));
  END IF;
  RETURN core.cred_blob_answer(v_sha, (p_req ->> 'wallet') || '.export');
END $$;
