-- reading_settings(): the settings that a kept answer depends on.
CREATE FUNCTION core.reading_settings() RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT string_agg(s.value::text, ' ' ORDER BY s.name)
            FROM core.setting s WHERE s.name IN ('inline_max_bytes', 'result_ttl_s'));
END $$;
