-- scrub_reports(): of tasks without an end, ids that are older than retain_s; reports older than
-- what is kept are not taken from then on.  How many went.
CREATE FUNCTION core.scrub_reports() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  t core.agg_task;
  v_from bigint;
  v_n bigint;
BEGIN
  FOR t IN SELECT x.* FROM core.agg_task x WHERE x.expires_at IS NULL AND x.role <> 'collector' ORDER BY x.task_no LOOP
    v_from := core.agg_now() - t.retain_s;
    CONTINUE WHEN v_from - t.kept_from < least(3600, t.retain_s);
    PERFORM core.agg_alone(t.task_no);
    UPDATE core.agg_task x SET kept_from = v_from WHERE x.task_no = t.task_no;
    DELETE FROM core.agg_report r WHERE r.task_no = t.task_no AND r.time < v_from AND r.state <> 's';
    GET DIAGNOSTICS v_n = ROW_COUNT;
    RETURN v_n + 1;
  END LOOP;
  RETURN 0;
END $$;
