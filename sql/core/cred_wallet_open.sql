-- cred_wallet_open(job, what the kind wants): the job's wallet as workerd opens it,
-- or {"err"}: it was deleted, or its unlock expired while the job waited.
CREATE FUNCTION core.cred_wallet_open(j core.cred_job, p_wants text) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  w core.wallet;
  u core.wallet_unlock;
BEGIN
  SELECT x.* INTO w FROM core.wallet x WHERE x.serial = j.wallet;
  IF NOT FOUND THEN
    RETURN '{"err": {"code": "WALLET_NOT_FOUND", "message": "the wallet was deleted"}}';
  END IF;
  SELECT x.* INTO u FROM core.wallet_unlock x
   WHERE x.sha256 = j.unlock AND x.wallet = w.serial AND x.principal = j.principal AND x.expires_at > clock_timestamp();
  IF p_wants = 'open' AND w.method <> 'managed' AND u.sha256 IS NULL THEN
    RETURN '{"err": {"code": "WALLET_LOCKED", "message": "the unlock of the wallet has ended"}}';
  END IF;
  RETURN jsonb_build_object('id', w.name, 'tenant', w.tenant, 'method', w.method, 'version', w.version, 'salt', core.b64(w.salt),
    'sealed_keys', core.b64(w.sealed_keys), 'managed_key', core.b64(w.managed_key),
    'unlock', CASE WHEN u.sha256 IS NOT NULL THEN jsonb_build_object('sha256', encode(u.sha256, 'hex'), 'sealed_master', core.b64(u.sealed_master)) END);
END $$;
