-- label_text(labels): a flat JSON object as Prometheus labels, without braces.
CREATE FUNCTION core.label_text(p_labels jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN coalesce((
    SELECT string_agg(format('%s="%s"', l.key, replace(replace(replace(l.value, '\', '\\'), '"', '\"'), E'\n', '\n')), ',' ORDER BY l.key)
      FROM jsonb_each_text(p_labels) l), '');
END $$;
