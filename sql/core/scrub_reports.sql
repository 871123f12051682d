-- scrub_reports(): of tasks without an end, ids that are older than retain_s, a partition a call; how
-- many went.  First it is said that such reports are not taken any more, and committed.
CREATE FUNCTION core.scrub_reports() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  t core.agg_task;
  v_from bigint;
  v_n bigint := 0;
BEGIN
  FOR t IN SELECT x.* FROM core.agg_task x WHERE x.expires_at IS NULL AND x.role <> 'collector' ORDER BY x.task_no LOOP
    v_from := core.agg_now() - t.retain_s;
    IF t.scrubbed_to < t.kept_from THEN
      v_n := core.scrub_partition(t.task_no, t.kept_from);
      UPDATE core.agg_task x SET scrubbed_to = x.kept_from WHERE x.task_no = t.task_no AND v_n = 0;
      RETURN v_n + 1;
    ELSIF v_from - t.kept_from >= least(3600, t.retain_s) THEN
      PERFORM core.agg_alone(t.task_no);
      UPDATE core.agg_task x SET kept_from = v_from WHERE x.task_no = t.task_no;
      RETURN 1;
    END IF;
  END LOOP;
  RETURN 0;
END $$;
