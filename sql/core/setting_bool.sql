-- setting_bool(name): a setting that is true or false.
CREATE FUNCTION core.setting_bool(p_name text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT core.setting_json(p_name)::boolean
$$;
