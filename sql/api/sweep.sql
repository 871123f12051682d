-- sweep(worker): the upkeep of the queue, called by every worker each second;
-- one at a time in the fleet, the others return at once.  Rows: what was done
-- and how much of it, steps with nothing to do left out.
CREATE FUNCTION api.sweep(p_worker int) RETURNS TABLE (what text, n bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_old  timestamptz := clock_timestamp() - core.setting_int('worker_ttl_ms') * interval '1 ms';
  v_slow boolean;     -- once a minute
BEGIN
  IF NOT pg_try_advisory_xact_lock(1001, 1) THEN
    RETURN;
  END IF;
  UPDATE core.watermark w SET at = clock_timestamp() WHERE w.step = 'day' AND w.at < clock_timestamp() - interval '60 s';
  v_slow := FOUND;
  PERFORM core.worker_reap(ARRAY(
    SELECT w.id FROM core.worker w WHERE w.state <> 'gone' AND w.beat < v_old ORDER BY w.id), v_old, 'no beat');
  RETURN QUERY
    SELECT s.what, s.n FROM (VALUES
      ('reaped', core.lease_reap()),
      ('overdue', core.lease_overdue()),
      ('promoted', core.later_promote()),
      ('expired', core.job_expire()),
      ('cron', core.cron_run()),
      ('tallied', core.done_tally()),
      ('days_added', core.day_ahead()::bigint)) s(what, n)
     WHERE s.n > 0;
  IF v_slow THEN
    RETURN QUERY SELECT 'days_dropped', d FROM core.day_drop() d WHERE d > 0;
  ELSE
    RETURN QUERY SELECT 'rotated', 1::bigint FROM core.segment_rotate() r WHERE r;
  END IF;
END $$;
