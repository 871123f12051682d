-- lane_pause_set(name, paused): behind lane_pause and lane_resume.  Raises
-- no_data_found for an unknown lane.
CREATE FUNCTION core.lane_pause_set(p_name text, p_paused boolean) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_id smallint;
BEGIN
  UPDATE core.lane l SET paused = p_paused WHERE l.name = p_name RETURNING l.id INTO v_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no lane %', left(p_name, 64) USING ERRCODE = 'no_data_found',
      HINT = (SELECT 'Lanes: ' || string_agg(l.name, ', ' ORDER BY l.id) FROM core.lane l);
  END IF;
  PERFORM core.event_add(core.psql_actor(), CASE WHEN p_paused THEN 'lane.paused' ELSE 'lane.resumed' END, 'lane:' || p_name);
  IF NOT p_paused THEN
    PERFORM core.ring(v_id);
  END IF;
  RETURN format('lane %s %s', p_name, CASE WHEN p_paused THEN 'paused' ELSE 'resumed' END);
END $$;
