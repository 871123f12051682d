-- principal_list(auth, {limit, cursor}): principals in the order they were made.
CREATE FUNCTION api.principal_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  v_limit int := coalesce((p_req ->> 'limit')::int, 50);
  v_after int := core.cursor_read(p_req ->> 'cursor', '^[0-9]{1,9}$', '0')::int;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  IF v_after IS NULL THEN
    RETURN core.cursor_bad();
  END IF;
  RETURN (
    SELECT core.ok(200, core.page(jsonb_agg(core.principal_json(p) ORDER BY p.id), array_agg(p.id::text ORDER BY p.id), v_limit))
      FROM (SELECT x.* FROM core.principal x WHERE x.id > v_after ORDER BY x.id LIMIT v_limit + 1) p);
END $$;
