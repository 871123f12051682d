-- day_drop(): drop the partitions of the oldest day that is past job_ttl_s, if
-- any.  Open jobs of that day end first (QUEUE_EXPIRED; a later call drops the
-- day), and a day stays while a computation or credential job of it has its record, which
-- retention removes.  A detach needs a moment without readers: 50 ms, else the
-- next minute tries again.  Call it last: it holds the lock.
CREATE FUNCTION core.day_drop() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_day   date;
  v_bound uuid;
  v_id    uuid;
  v_n     bigint := 0;
BEGIN
  SELECT min(to_date(right(c.relname, 8), 'YYYYMMDD')) INTO v_day
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'core.job'::regclass;
  IF v_day IS NULL OR (v_day + 1)::timestamp AT TIME ZONE 'UTC' > clock_timestamp() - core.setting_int('job_ttl_s') * interval '1 s' THEN
    RETURN 0;
  END IF;
  v_bound := core.uuid7_floor(v_day + 1);
  FOR v_id IN
    SELECT o.id FROM (SELECT r.id FROM core.ready r UNION ALL SELECT l.id FROM core.later l UNION ALL SELECT l.id FROM core.lease l) o
     WHERE o.id < v_bound ORDER BY o.id LIMIT 1000
  LOOP
    PERFORM core.job_final(v_id, 'failed', 'QUEUE_EXPIRED');
    v_n := v_n + 1;
  END LOOP;
  IF v_n > 0 OR EXISTS (SELECT FROM core.computation c WHERE c.job_id < v_bound)
     OR EXISTS (SELECT FROM core.cred_job c WHERE c.job_id < v_bound) THEN
    RETURN v_n;
  END IF;
  PERFORM set_config('lock_timeout', '50ms', true);
  EXECUTE format('DROP TABLE core.%I, core.%I', 'done' || to_char(v_day, '_YYYYMMDD'), 'job' || to_char(v_day, '_YYYYMMDD'));
  PERFORM core.event_add('node', 'day.dropped', to_char(v_day, 'YYYY-MM-DD'));
  RETURN 1;
EXCEPTION WHEN lock_not_available THEN
  RETURN 0;
END $$;
