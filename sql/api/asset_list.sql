-- asset_list(auth, {limit, cursor}): the caller's assets and those of its leases.
CREATE FUNCTION api.asset_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  v_limit int := coalesce((p_req ->> 'limit')::int, 50);
  v_after bigint := core.cursor_read(p_req ->> 'cursor', '^[0-9]{1,18}$', '0')::bigint;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  IF v_after IS NULL THEN
    RETURN core.cursor_bad();
  END IF;
  RETURN (
    SELECT core.ok(200, core.page(jsonb_agg(core.asset_json(a, a.owner = c.id) ORDER BY a.id), array_agg(a.id::text ORDER BY a.id), v_limit))
      FROM (SELECT x.* FROM core.asset_visible(c.id) v (id) JOIN core.asset x ON x.id = v.id
             WHERE x.id > v_after ORDER BY x.id LIMIT v_limit + 1) a);
END $$;
