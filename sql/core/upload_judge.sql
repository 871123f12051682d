-- upload_judge(task, report, now): why a report is not taken, as a report error of
-- profile 18; NULL: it is.  One that is here already is taken whatever it is now
-- (said by the caller).  Its bytes lie inline or in an open segment.
CREATE FUNCTION core.upload_judge(t core.agg_task, p_time bigint, p_config int, p_now bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_at constant timestamptz := to_timestamp(p_now);
BEGIN
  IF p_now >= t.expires_at OR p_time >= t.expires_at THEN
    RETURN 'task_expired';
  ELSIF p_time < t.starts_at THEN
    RETURN 'task_not_started';
  ELSIF p_time > p_now + t.skew_s THEN
    RETURN 'report_too_early';
  ELSIF p_time < t.kept_from THEN
    RETURN 'report_dropped';
  ELSIF NOT EXISTS (SELECT FROM core.agg_hpke_key k WHERE k.config_id = p_config AND (k.gone_at IS NULL OR k.gone_at > v_at)) THEN
    RETURN 'outdated_config';
  ELSIF t.mode = 1 AND core.agg_closed(t.task_no, p_time) THEN
    RETURN 'batch_collected';
  END IF;
  RETURN NULL;
END $$;
