-- cred_blob_put(tenant, sha256, use, wallet, hash): why a blob is kept, which must be
-- here.  Tails stay; exports and imports have export_ttl_s.
CREATE FUNCTION core.cred_blob_put(p_tenant text, p_sha256 bytea, p_use text, p_wallet text, p_hash text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO core.cred_blob AS x (tenant, sha256, use, wallet, hash, size, expires_at)
  SELECT p_tenant, p_sha256, p_use, p_wallet, p_hash, b.size, CASE WHEN p_use <> 'tails' THEN clock_timestamp() + core.setting_int('export_ttl_s') * interval '1 s' END
    FROM core.blob b WHERE b.sha256 = p_sha256 AND NOT b.dying
  ON CONFLICT (tenant, sha256, use) DO UPDATE SET wallet = excluded.wallet, hash = excluded.hash, expires_at = excluded.expires_at;
  IF NOT FOUND THEN
    PERFORM core.job_fail('INTERNAL', NULL);
  END IF;
END $$;
