-- tenant_enter(tenant, wallet): from here to the next call, or the end of the
-- transaction, the row policies show rows of this tenant, and records of
-- this wallet.  '*': all.
CREATE FUNCTION core.tenant_enter(p_tenant text, p_wallet bigint DEFAULT NULL) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('darkroom.tenant', p_tenant, true), set_config('darkroom.wallet', coalesce(p_wallet::text, ''), true);
END $$;
