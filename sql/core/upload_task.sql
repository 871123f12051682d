-- upload_task(task, call numbers, reports): store reports of one task.  For each that is not taken
-- a row: its call, its id, why.  The caller holds core.agg_share.
CREATE FUNCTION core.upload_task(t core.agg_task, p_calls int[], p_reports jsonb[]) RETURNS TABLE (call int, id text, word text) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_now  constant timestamptz := clock_timestamp();
  v_sec  constant bigint := floor(extract(epoch FROM v_now));
  v_unit constant bigint := core.agg_unit(t);
  v_step constant bigint := CASE t.mode WHEN 1 THEN t.precision_s ELSE t.window_s END;
  v_bad  text[];
  v_put  bigint;
  v_ids  uuid[] := ARRAY(SELECT core.id16(r ->> 'id') FROM unnest(p_reports) WITH ORDINALITY u(r, n) ORDER BY u.n);
BEGIN
  v_bad := ARRAY(
    SELECT CASE WHEN u.r ? 'segment' AND NOT EXISTS (SELECT FROM core.agg_segment s WHERE s.id = (u.r ->> 'segment')::uuid AND s.state = 'open') THEN 'unavailable'
                ELSE core.upload_judge(t, core.agg_seconds(u.r ->> 'time', v_unit), (u.r ->> 'config_id')::int, v_sec) END
      FROM unnest(p_reports) WITH ORDINALITY u(r, n) ORDER BY u.n);
  IF array_remove(v_bad, NULL) <> '{}' THEN
    v_bad := ARRAY(
      SELECT CASE WHEN u.w IS NOT NULL AND NOT EXISTS (SELECT FROM core.agg_report x WHERE x.task_no = t.task_no AND x.report_id = u.i) THEN u.w END
        FROM unnest(v_bad, v_ids) WITH ORDINALITY u(w, i, n) ORDER BY u.n);
  END IF;
  WITH good AS MATERIALIZED (
    SELECT u.i, core.agg_seconds(u.r ->> 'time', v_unit) AS time, (u.r ->> 'segment')::uuid AS segment, (u.r ->> 'offset')::int AS at,
           decode(u.r ->> 'bytes_b64', 'base64') AS bytes, (u.r ->> 'length')::int AS length
      FROM unnest(v_ids, p_reports, v_bad) u(i, r, w) WHERE u.w IS NULL ORDER BY u.i),
  put AS (
    INSERT INTO core.agg_report (task_no, report_id, time, segment, at, length, bytes)
    SELECT t.task_no, g.i, g.time, (SELECT s.serial FROM core.agg_segment s WHERE s.id = g.segment), g.at, coalesce(g.length, length(g.bytes)), g.bytes
      FROM good g ON CONFLICT DO NOTHING
    RETURNING agg_report.report_id, agg_report.time, agg_report.length),
  stored AS (
    INSERT INTO core.agg_stored (task_no, bucket, at, report_id, length)
    SELECT t.task_no, coalesce(p.time - p.time % v_step, 0), v_now, p.report_id, p.length FROM put p)
  SELECT count(*) INTO v_put FROM put;
  PERFORM core.agg_count(t.task_no, 'upload', array_agg(x.word), array_agg(x.n))
     FROM (SELECT coalesce(w, 'repeated') AS word, count(*) - CASE WHEN w IS NULL THEN v_put ELSE 0 END AS n FROM unnest(v_bad) w GROUP BY w
           UNION ALL SELECT 'stored', v_put) x WHERE x.n > 0 HAVING count(*) > 0;
  RETURN QUERY SELECT u.c, u.r ->> 'id', u.w FROM unnest(p_calls, p_reports, v_bad) WITH ORDINALITY u(c, r, w, n) WHERE u.w IS NOT NULL ORDER BY u.n;
END $$;
