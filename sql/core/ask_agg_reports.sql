-- ask_agg_reports: the reports of a leader's job, by their ids, at most 2 MiB of bytes a page.
-- The same for every run of the job.
CREATE FUNCTION core.ask_agg_reports(s core.agg_subject, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_ids constant uuid[] := ARRAY(SELECT u FROM core.agg_job j CROSS JOIN LATERAL unnest(j.reports) u
                                  WHERE j.job_no = s.job_no AND (a ->> 'after' IS NULL OR u > core.id16(a ->> 'after')));
  r record;
  v_rows jsonb[] := '{}';
  v_size bigint := 0;
BEGIN
  FOR r IN
    SELECT x.report_id, x.time, x.at, x.length, x.bytes, g.id AS segment
      FROM core.agg_report x LEFT JOIN core.agg_segment g ON g.serial = x.segment
     WHERE x.task_no = s.task_no AND x.report_id = ANY (v_ids) ORDER BY x.report_id
  LOOP
    v_size := v_size + 200 + coalesce(length(r.bytes), 0);
    EXIT WHEN v_size > 2097152 AND v_rows <> '{}';
    v_rows := v_rows || jsonb_strip_nulls(jsonb_build_object('id', core.id16_text(r.report_id), 'time', r.time, 'bytes', core.b64(r.bytes), 'segment', r.segment,
      'offset', r.at, 'length', CASE WHEN r.bytes IS NULL THEN r.length END));
  END LOOP;
  RETURN jsonb_strip_nulls(jsonb_build_object('reports', to_jsonb(v_rows), 'after', CASE WHEN v_size > 2097152 THEN v_rows[cardinality(v_rows)] -> 'id' END));
END $$;
