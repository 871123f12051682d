-- upload_task(task, ids, times as on the wire, config ids, segments, offsets, lengths, bytes): store
-- reports of one task.  Why each is not taken; NULL: it is.  One that is here already is taken,
-- whatever it is now, and changes nothing.  The caller holds core.agg_share.
CREATE FUNCTION core.upload_task(t core.agg_task, p_ids uuid[], p_times bigint[], p_configs int[], p_segments uuid[], p_ats int[], p_lengths int[],
  p_bytes bytea[]) RETURNS text[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_unit constant bigint := core.agg_unit(t);
  v_step constant bigint := CASE t.mode WHEN 1 THEN t.precision_s ELSE t.window_s END;
  v_times bigint[] := p_times;
  v_bad   text[];
  v_put   bigint;
BEGIN
  IF v_unit <> 1 THEN
    v_times := ARRAY(SELECT least(u.time::numeric * v_unit, 2305843009213693952)::bigint FROM unnest(p_times) WITH ORDINALITY u(time, n) ORDER BY u.n);
  END IF;
  v_bad := core.upload_judge(t, v_times, p_configs, p_segments, p_lengths);
  IF array_remove(v_bad, NULL) <> '{}' THEN
    v_bad := ARRAY(
      SELECT CASE WHEN u.w IS NOT NULL AND NOT EXISTS (SELECT FROM core.agg_report x WHERE x.task_no = t.task_no AND x.report_id = u.i) THEN u.w END
        FROM unnest(v_bad, p_ids) WITH ORDINALITY u(w, i, n) ORDER BY u.n);
  END IF;
  WITH put AS (
    INSERT INTO core.agg_report (task_no, report_id, time, segment, at, length, bytes)
    SELECT t.task_no, u.i, u.time, CASE WHEN u.segment IS NOT NULL THEN (SELECT s.serial FROM core.agg_segment s WHERE s.id = u.segment) END, u.at,
           u.length, u.bytes
      FROM unnest(p_ids, v_times, p_segments, p_ats, p_lengths, p_bytes, v_bad) u(i, time, segment, at, length, bytes, w) WHERE u.w IS NULL ORDER BY u.i
    ON CONFLICT DO NOTHING RETURNING agg_report.report_id, agg_report.time, agg_report.length)
  INSERT INTO core.agg_stored (task_no, bucket, at, report_id, length)
  SELECT t.task_no, coalesce(p.time - p.time % v_step, 0), clock_timestamp(), p.report_id, p.length FROM put p;
  GET DIAGNOSTICS v_put = ROW_COUNT;
  PERFORM core.agg_count(t.task_no, 'upload', array_agg(x.word), array_agg(x.n))
     FROM (SELECT coalesce(w, 'repeated') AS word, count(*) - CASE WHEN w IS NULL THEN v_put ELSE 0 END AS n FROM unnest(v_bad) w GROUP BY w
           UNION ALL SELECT 'stored', v_put) x WHERE x.n > 0 HAVING count(*) > 0;
  RETURN v_bad;
END $$;
