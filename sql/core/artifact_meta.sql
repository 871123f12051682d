-- artifact_meta(computation, view): the list of artifacts.  Consumers see what
-- is released to them, owners everything.  inline: whole artifacts, smallest
-- first, while together they fit inline_max_bytes.
CREATE FUNCTION core.artifact_meta(m core.computation, p_view text)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
           'name', a.name, 'size', a.size, 'sha256', encode(a.digest, 'hex'), 'media_type', a.media_type,
           'inline', a.fits,
           'url', CASE WHEN p_view = 'consumer' AND a.sha256 IS NOT NULL AND a.release_state = 'released'
                       THEN '/api/v1/privacy/results/' || core.comp_id(m.public_id) || '/artifacts/' || replace(a.name, '/', '%2F') END,
           'state', CASE WHEN a.sha256 IS NULL THEN 'purged' ELSE a.release_state END)) ORDER BY a.name), '[]')
    FROM (SELECT x.*, p_view = 'consumer' AND x.sha256 IS NOT NULL AND x.release_state = 'released'
                 AND sum(x.size) FILTER (WHERE x.sha256 IS NOT NULL) OVER (ORDER BY x.size, x.name)
                     <= (SELECT s.value::bigint FROM core.setting s WHERE s.name = 'inline_max_bytes') AS fits
            FROM core.artifact x
           WHERE x.job_id = m.job_id AND x.class = 'artifact'
             AND (p_view = 'owner' OR x.release_state = 'released')) a
$$;
