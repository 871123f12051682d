-- agg_open_job(subject): an aggregation job and the files that it reads; NULL: it has ended.
CREATE FUNCTION core.agg_open_job(s core.agg_subject) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  j core.agg_job;
  v_host constant text := (SELECT w.host FROM core.worker w WHERE w.id = s.worker);
  v_files jsonb;
BEGIN
  SELECT x.* INTO j FROM core.agg_job x WHERE x.job_no = s.job_no AND x.state IN ('new', 'sent');
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF j.request IS NOT NULL THEN
    v_files := jsonb_build_array(core.agg_blob_file('request', j.request));
  ELSE
    IF EXISTS (SELECT FROM core.agg_segments(j) x WHERE x.sha256 IS NULL AND x.host <> v_host) THEN
      RETURN '{"later_ms": 2000}';
    END IF;
    v_files := coalesce((SELECT jsonb_agg(core.agg_segment_file(x) ORDER BY x.serial) FROM core.agg_segments(j) x), '[]');
  END IF;
  RETURN jsonb_build_object('files', v_files, 'job', jsonb_strip_nulls(jsonb_build_object('job_no', j.job_no, 'job_id', core.id16_text(j.job_id),
    'bucket', core.b64(j.bucket), 'state', j.state, 'tries', j.tries, 'location', j.location)));
END $$;
