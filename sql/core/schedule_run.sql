-- schedule_run(): enqueue what schedules are due; how many.  A slot has at most one job:
-- the row is locked while its slot moves on, and both are one transaction.  Slots that
-- passed while nobody looked: 'last' makes one job for all of them, and none while its
-- last job is open; 'none' skips a slot that began over a minute ago.
CREATE FUNCTION core.schedule_run() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  s      record;
  v_now  timestamptz := clock_timestamp();
  v_slot timestamptz;
  v_n    bigint := 0;
BEGIN
  FOR s IN
    SELECT x.*, k.lane FROM core.agg_schedule x JOIN core.kind k ON k.id = x.kind
     WHERE x.enabled ORDER BY x.name FOR UPDATE OF x SKIP LOCKED
  LOOP
    v_slot := core.cron5_slot(s.cron, v_now);
    CONTINUE WHEN v_slot IS NULL OR s.last_slot >= v_slot;
    CONTINUE WHEN s.catch_up = 'last' AND s.last_job IS NOT NULL
             AND EXISTS (SELECT FROM core.job_state(s.last_job) j WHERE j.state IN ('queued', 'later', 'running'));
    IF s.catch_up = 'last' OR v_now - v_slot <= interval '60 s' THEN
      s.last_job := core.enqueue(s.kind, 0, core.schedule_args(s.args, v_slot));
      PERFORM core.ring(s.lane);
      v_n := v_n + 1;
    END IF;
    UPDATE core.agg_schedule x SET last_slot = v_slot, last_job = s.last_job WHERE x.name = s.name;
  END LOOP;
  RETURN v_n;
END $$;
