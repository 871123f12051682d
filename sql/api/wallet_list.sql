-- wallet_list(auth, {limit, cursor}): the wallets of the caller's tenant, by name.
CREATE FUNCTION api.wallet_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.tenant_caller(p_auth);
  v_limit constant int := coalesce((p_req ->> 'limit')::int, 50);
  v_after constant text := core.cursor_read(p_req ->> 'cursor', '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', '');
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  IF v_after IS NULL THEN
    RETURN core.cursor_bad();
  END IF;
  RETURN (
    SELECT core.ok(200, core.page(jsonb_agg(jsonb_build_object('wallet', w.name, 'method', w.method, 'created_at', core.ts(w.created_at)) ORDER BY w.name),
             array_agg(w.name ORDER BY w.name), v_limit), jsonb_build_object('rate', c.rate))
      FROM (SELECT x.* FROM core.wallet x
             WHERE x.tenant = current_setting('darkroom.tenant') AND x.job IS NULL AND x.name > v_after ORDER BY x.name LIMIT v_limit + 1) w);
END $$;
