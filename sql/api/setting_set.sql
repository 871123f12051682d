-- setting_set(name, value): change a rule of the node for the whole fleet, at
-- once.  The value is JSON of the type it has now; numbers are not negative.
CREATE FUNCTION api.setting_set(p_name text, p_value jsonb) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_old core.setting;
BEGIN
  SELECT * INTO v_old FROM core.setting s WHERE s.name = p_name FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no setting %', left(p_name, 64) USING ERRCODE = 'no_data_found', HINT = 'SELECT * FROM ops.settings;';
  END IF;
  IF jsonb_typeof(p_value) IS DISTINCT FROM jsonb_typeof(v_old.value) THEN
    RAISE EXCEPTION '%: must be a %', p_name, jsonb_typeof(v_old.value) USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF jsonb_typeof(p_value) = 'number' AND p_value::numeric < 0 THEN
    RAISE EXCEPTION '%: must not be negative', p_name USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE core.setting s SET value = p_value WHERE s.name = p_name;
  PERFORM core.event_add(core.psql_actor(), 'setting.changed', 'setting:' || p_name,
                         jsonb_build_object('from', v_old.value, 'to', p_value));
  RETURN format('%s = %s', p_name, p_value);
END $$;
