-- lease_list(auth, {state, consumer, asset, limit, cursor}): leases the caller
-- gave or holds, newest first.
CREATE FUNCTION api.lease_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  v_limit int := coalesce((p_req ->> 'limit')::int, 50);
  v_before bigint := core.cursor_read(p_req ->> 'cursor', '^[0-9]{1,18}$', '999999999999999999')::bigint;
  v_consumer int := core.principal_named(p_req ->> 'consumer');
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  IF v_before IS NULL THEN
    RETURN core.cursor_bad();
  END IF;
  RETURN (
    SELECT core.ok(200, core.page(jsonb_agg(core.lease_json(l) ORDER BY l.serial DESC),
                                  array_agg(l.serial::text ORDER BY l.serial DESC), v_limit), jsonb_build_object('rate', c.rate))
      FROM (SELECT x.* FROM core.data_lease x
             WHERE (x.owner = c.id OR x.consumer = c.id) AND x.serial < v_before
               AND (p_req ->> 'state' IS NULL OR core.lease_state(x) = p_req ->> 'state')
               AND (p_req ->> 'consumer' IS NULL OR x.consumer = v_consumer)
               AND (p_req ->> 'asset' IS NULL OR EXISTS (
                     SELECT FROM core.data_lease_asset la JOIN core.asset a ON a.id = la.asset
                      WHERE la.serial = x.serial AND a.asset_id = p_req ->> 'asset'))
             ORDER BY x.serial DESC LIMIT v_limit + 1) l);
END $$;
