-- asset_show(auth, {asset_id, owner}): metadata of an asset; without owner the
-- caller's own of that name, else the one that a lease of the caller covers.
CREATE FUNCTION api.asset_show(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  a core.asset;
  v_owner int := core.principal_named(p_req ->> 'owner');
  v_body jsonb;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT x.* INTO a FROM core.asset_visible(c.id) v (id) JOIN core.asset x ON x.id = v.id
   WHERE x.asset_id = p_req ->> 'asset_id' AND (p_req ->> 'owner' IS NULL OR x.owner = v_owner)
   ORDER BY x.owner <> c.id, x.id LIMIT 1;
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'no such asset');
  END IF;
  v_body := core.asset_json(a, a.owner = c.id);
  RETURN core.ok(200, v_body, jsonb_build_object('etag', coalesce(v_body ->> 'sha256', md5(v_body::text)), 'rate', c.rate));
END $$;
