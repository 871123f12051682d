-- cron_run(): enqueue what is due.  Slots are multiples of every_s since the
-- epoch.  Slots that passed while nobody looked: 'all' makes one job each (at
-- most 100 a call), 'last' one for all of them, and none while its last job is
-- open; 'none' skips a slot that began over a minute ago.  spec_fn says what a job
-- is told, or that there is none this time.  Only the holder of the sweep's lock
-- comes here, so a slot runs once; a row that somebody else changes right now (a
-- chain's, whose next look follows at once) waits for the next sweep.  Schedules of
-- operators follow (core.schedule_run).
CREATE FUNCTION core.cron_run() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  c      record;
  v_now  timestamptz := clock_timestamp();
  v_slot timestamptz;
  v_n    bigint := 0;
BEGIN
  FOR c IN
    SELECT x.*, k.lane, make_interval(secs => x.every_s) AS every,
           to_timestamp(floor(extract(epoch FROM v_now) / x.every_s) * x.every_s) AS slot
      FROM core.cron x JOIN core.kind k ON k.id = x.kind ORDER BY x.name FOR UPDATE OF x SKIP LOCKED
  LOOP
    CONTINUE WHEN c.last_slot >= c.slot;
    CONTINUE WHEN c.catch_up = 'last' AND c.last_job IS NOT NULL
             AND EXISTS (SELECT FROM core.job_state(c.last_job) s WHERE s.state IN ('queued', 'later', 'running'));
    v_slot := c.slot;
    IF c.spec_fn IS NOT NULL THEN
      c.spec := core.cron_spec(c.name, c.spec_fn, c.spec);
      CONTINUE WHEN c.spec IS NULL;
    END IF;
    IF c.catch_up = 'all' AND c.last_slot IS NOT NULL THEN
      v_slot := least(c.slot, c.last_slot + 100 * c.every);
      FOR i IN 2 .. (extract(epoch FROM v_slot - c.last_slot) / c.every_s)::int LOOP
        PERFORM core.enqueue(c.kind, 0, c.spec);
        v_n := v_n + 1;
      END LOOP;
    END IF;
    IF c.catch_up <> 'none' OR v_now - v_slot <= interval '60 s' THEN
      c.last_job := core.enqueue(c.kind, 0, c.spec);
      PERFORM core.ring(c.lane);
      v_n := v_n + 1;
    END IF;
    UPDATE core.cron x SET last_slot = v_slot, last_job = c.last_job WHERE x.name = c.name;
  END LOOP;
  RETURN v_n + core.schedule_run();
END $$;
