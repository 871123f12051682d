-- setting_json(name): the value of a setting; a name that does not exist is a
-- bug of the caller, not data.
CREATE FUNCTION core.setting_json(p_name text) RETURNS jsonb LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  v_value jsonb;
BEGIN
  SELECT s.value INTO STRICT v_value FROM core.setting s WHERE s.name = p_name;
  RETURN v_value;
END $$;
