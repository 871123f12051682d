-- segment_gone(ids): these files of segment_doomed are removed.
CREATE FUNCTION api.segment_gone(p_ids uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE core.agg_segment g SET here = false WHERE g.id = ANY (p_ids) AND (g.state = 'gone' OR g.sha256 IS NOT NULL);
END $$;
