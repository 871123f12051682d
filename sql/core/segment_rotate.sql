-- segment_rotate(wait in ms): truncate the idle segment of ready and write to it from now
-- on: the only way dead rows go while an old transaction pins the horizon.  Does
-- nothing until the current one has grown past 1 MiB (about 9,000 rows, dead or
-- not), and needs the idle one empty.  The lock is waited for no longer than said,
-- by default 50 ms for each MiB that the current one has, at most 800: claims that are slow because of
-- dead rows hold the table longer, and a rotation that never gets in makes them slower still.
-- What is left there moves on first: a little at once; much, which is a backlog
-- that is being drained or a lane that stands still, only when 20,000 dead rows
-- make claims slow, because moving costs more than waiting.
--
-- READ COMMITTED only: the emptiness check must see everything that was
-- committed before the lock was granted.  Call it last: it holds the lock.
CREATE FUNCTION core.segment_rotate(p_wait_ms int DEFAULT NULL) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_cur  smallint;
  v_size bigint;
  v_wait int;
  v_n    bigint;
  v_left boolean;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'segment_rotate needs READ COMMITTED' USING ERRCODE = 'active_sql_transaction';
  END IF;
  SELECT s.current INTO STRICT v_cur FROM core.segment s;
  v_size := pg_relation_size(format('core.ready_%s', v_cur));
  IF v_size < 1048576 THEN
    RETURN false;
  END IF;
  SELECT count(*) INTO v_n FROM (SELECT FROM core.ready r WHERE r.seg = 1 - v_cur
                                  ORDER BY r.lane DESC, r.band DESC, r.tenant DESC, r.rank DESC LIMIT 5000) x;
  IF v_n = 5000 AND pg_stat_get_dead_tuples('core.ready_0'::regclass) + pg_stat_get_dead_tuples('core.ready_1'::regclass) < 20000
     OR v_n > 0 AND core.segment_forward((1 - v_cur)::smallint) >= 5000 THEN
    RETURN false;
  END IF;
  v_wait := coalesce(p_wait_ms, least(800, 50 * (v_size / 1048576)));
  PERFORM set_config('lock_timeout', v_wait || 'ms', true);
  EXECUTE format('LOCK TABLE core.ready_%s IN ACCESS EXCLUSIVE MODE %s', 1 - v_cur, CASE v_wait WHEN 0 THEN 'NOWAIT' END);
  EXECUTE format('SELECT EXISTS (SELECT FROM core.ready_%s)', 1 - v_cur) INTO v_left;
  IF v_left THEN
    RETURN false;
  END IF;
  EXECUTE format('TRUNCATE core.ready_%s', 1 - v_cur);
  UPDATE core.segment SET current = (1 - v_cur)::smallint, since = clock_timestamp();
  RETURN true;
EXCEPTION WHEN lock_not_available THEN
  RETURN false;
END $$;
