-- lease_show(auth, {id}): a lease that the caller gave or holds, by any of its ids.
CREATE FUNCTION api.lease_show(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  l core.data_lease;
  v_body jsonb;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  l := core.lease_find(c, p_req ->> 'id');
  IF l.serial IS NULL THEN
    RETURN core.refuse('NOT_FOUND', 'no such lease');
  END IF;
  v_body := core.lease_json(l);
  RETURN core.ok(200, v_body, jsonb_build_object('etag', md5(v_body::text), 'rate', c.rate));
END $$;
