-- image_list(auth, {}): images by name, the allowed digest of each first.
CREATE FUNCTION api.image_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  RETURN (
    SELECT core.ok(200, jsonb_build_object('data', coalesce(jsonb_agg(core.image_json(i) ORDER BY i.name, i.allowed DESC, i.created_at DESC), '[]')))
      FROM core.image i);
END $$;
