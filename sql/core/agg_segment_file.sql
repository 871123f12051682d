-- agg_segment_file(segment): the file of a segment: where it lies on its host, or the
-- blob that it has become.
CREATE FUNCTION core.agg_segment_file(s core.agg_segment) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF s.sha256 IS NOT NULL THEN
    RETURN core.agg_blob_file(s.id::text, s.sha256);
  END IF;
  RETURN jsonb_build_object('name', s.id, 'segment', s.id, 'path', s.folder || '/' || s.id);
END $$;
