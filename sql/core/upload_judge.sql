-- upload_judge(task, times, config ids, segments, lengths): why each of these reports is not taken, as a
-- report error of profile 18, 'unavailable' for one whose segment is not open any more; NULL: it
-- is taken.  What all have in common is looked up once.
CREATE FUNCTION core.upload_judge(t core.agg_task, p_times bigint[], p_configs int[], p_segments uuid[], p_lengths int[]) RETURNS text[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_now constant timestamptz := clock_timestamp();
  v_sec constant bigint := floor(extract(epoch FROM v_now));
  v_end constant bigint := CASE WHEN v_sec >= t.expires_at THEN 0 ELSE coalesce(t.expires_at, 9223372036854775807) END;
  v_keys constant int[] := ARRAY(SELECT k.config_id FROM core.agg_hpke_key k WHERE k.gone_at IS NULL OR k.gone_at > v_now);
  v_spans constant boolean := t.mode = 1 AND EXISTS (SELECT FROM core.agg_span s WHERE s.task_no = t.task_no);
  v_open uuid[];
BEGIN
  IF array_remove(p_segments, NULL) <> '{}' THEN
    v_open := ARRAY(SELECT s.id FROM core.agg_segment s WHERE s.id = ANY (p_segments) AND s.state = 'open');
  END IF;
  RETURN ARRAY(
    SELECT CASE WHEN u.time >= v_end THEN 'task_expired'
                WHEN u.time < t.starts_at THEN 'task_not_started'
                WHEN u.time > v_sec + t.skew_s THEN 'report_too_early'
                WHEN u.time < t.kept_from THEN 'report_dropped'
                WHEN u.config <> ALL (v_keys) THEN 'outdated_config'
                WHEN u.length > t.report_max_bytes THEN 'invalid_message'
                WHEN v_spans AND core.agg_closed(t.task_no, u.time) THEN 'batch_collected'
                WHEN u.segment <> ALL (v_open) THEN 'unavailable' END
      FROM unnest(p_times, p_configs, p_segments, p_lengths) WITH ORDINALITY u(time, config, segment, length, n) ORDER BY u.n);
END $$;
