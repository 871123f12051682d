-- lane_list(auth, {}): the lanes of the queue.
CREATE FUNCTION api.lane_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  RETURN (SELECT core.ok(200, jsonb_build_object('data', jsonb_agg(core.lane_json(l) ORDER BY l.id))) FROM core.lane l);
END $$;
