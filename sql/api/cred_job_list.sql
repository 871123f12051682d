-- cred_job_list(auth, {kind, wallet, state, limit, cursor}): credential jobs of
-- the caller's tenant, newest first.  state is no column, so rows are read until the
-- page is full, but at most 2,000: a page may be short and still have a next.
CREATE FUNCTION api.cred_job_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  v_before uuid := core.cursor_read(p_req ->> 'cursor', '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid;
  g record;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  IF v_before IS NULL THEN
    RETURN core.cursor_bad();
  END IF;
  SELECT * INTO g FROM core.cred_page(c, p_req, v_before);
  RETURN core.ok(200, jsonb_build_object('data', g.rows, 'nextCursor', core.cursor_make(g.next::text)), jsonb_build_object('rate', c.rate));
END $$;
