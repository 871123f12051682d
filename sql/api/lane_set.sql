-- lane_set(auth, {name, paused, max_running}): what is not given stays.  A paused
-- lane hands nothing out; what runs goes on.
CREATE FUNCTION api.lane_set(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  l core.lane;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  UPDATE core.lane x
     SET paused = coalesce((p_req ->> 'paused')::boolean, x.paused),
         max_running = coalesce((p_req ->> 'max_running')::int, x.max_running)
   WHERE x.name = p_req ->> 'name' RETURNING * INTO l;
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'no such lane');
  END IF;
  PERFORM core.event_add(c.public_id, 'lane.changed', l.name, jsonb_build_object('paused', l.paused, 'max_running', l.max_running));
  RETURN core.ok(200, core.lane_json(l), CASE WHEN NOT l.paused THEN jsonb_build_object('ring', l.id) END);
END $$;
