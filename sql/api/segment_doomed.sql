-- segment_doomed(host, n): files of segments on this host that are needed there no more: they moved to
-- the blob store ten minutes ago, or have no live report.
CREATE FUNCTION api.segment_doomed(p_host text, p_n int) RETURNS TABLE (id uuid, path text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT g.id, g.folder || '/' || g.id FROM core.agg_segment g
     WHERE g.host = p_host AND g.here AND (g.state = 'gone' OR g.sha256 IS NOT NULL AND g.full_at < clock_timestamp() - interval '10 min') ORDER BY g.made_at LIMIT p_n;
END $$;
