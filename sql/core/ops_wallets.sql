-- ops_wallets(): the rows of ops.wallets.  The views of ops call it as whoever
-- reads them; the row policies show it all tenants.
CREATE FUNCTION core.ops_wallets()
RETURNS TABLE (tenant text, wallet text, method text, records bigint, unlocks bigint, definitions bigint, staged boolean, created_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM core.tenant_enter('*');
  RETURN QUERY
    SELECT w.tenant, w.name, w.method,
           (SELECT count(*) FROM core.wallet_item i WHERE i.wallet = w.serial),
           (SELECT count(*) FROM core.wallet_unlock u WHERE u.wallet = w.serial AND u.expires_at > clock_timestamp()),
           (SELECT count(*) FROM core.cred_def d WHERE d.wallet = w.serial), w.job IS NOT NULL, w.created_at
      FROM core.wallet w ORDER BY w.tenant, w.name;
  PERFORM core.tenant_enter('');
END $$;
