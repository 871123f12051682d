-- setting_text(name): a setting that is text, without its quotes.
CREATE FUNCTION core.setting_text(p_name text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT core.setting_json(p_name) #>> '{}'
$$;
