-- agg_open_segment(subject): a segment that moves to the blob store, on its host.
CREATE FUNCTION core.agg_open_segment(s core.agg_subject) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  g core.agg_segment;
BEGIN
  SELECT x.* INTO g FROM core.agg_segment x WHERE x.serial = s.segment AND x.state = 'full' AND x.sha256 IS NULL AND x.here;
  IF NOT FOUND THEN
    RETURN NULL;
  ELSIF NOT EXISTS (SELECT FROM core.worker w WHERE w.id = s.worker AND w.host = g.host) THEN
    RETURN '{"later_ms": 2000}';
  END IF;
  RETURN jsonb_build_object('segment', jsonb_strip_nulls(jsonb_build_object('segment', g.id, 'length', g.length)), 'files', jsonb_build_array(core.agg_segment_file(g)));
END $$;
