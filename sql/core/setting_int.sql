-- setting_int(name): a setting that is a number, as bigint.
CREATE FUNCTION core.setting_int(p_name text) RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  v_value jsonb;
BEGIN
  SELECT s.value INTO STRICT v_value FROM core.setting s WHERE s.name = p_name;
  RETURN v_value::bigint;
END $$;
