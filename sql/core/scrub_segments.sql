-- scrub_segments(): a segment without a live report goes, one that lives long moves to the blob
-- store, one whose process died is taken as it is; how many went or began to move.  Each is looked for
-- by itself: those that stay, however many, are in nobody's way.
CREATE FUNCTION core.scrub_segments() RETURNS bigint LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  v_now constant timestamptz := clock_timestamp();
  g core.agg_segment;
  v_n bigint := 0;
BEGIN
  UPDATE core.agg_segment x SET state = 'full', full_at = v_now
   WHERE x.state = 'open' AND x.made_at < v_now - core.setting_int('agg_segment_ttl_s') * interval '1 s';
  FOR g IN
    SELECT x.* FROM core.agg_segment x
     WHERE x.state = 'full' AND x.full_at < v_now - interval '60 s' AND NOT EXISTS (SELECT FROM core.agg_report r WHERE r.segment = x.serial)
     ORDER BY x.serial LIMIT 200 FOR UPDATE SKIP LOCKED
  LOOP
    UPDATE core.agg_segment x SET state = 'gone', sha256 = NULL WHERE x.serial = g.serial;
    PERFORM core.blob_loosen(array_remove(ARRAY[g.sha256], NULL));
    v_n := v_n + 1;
  END LOOP;
  FOR g IN
    SELECT x.* FROM core.agg_segment x
     WHERE x.state = 'full' AND x.sha256 IS NULL AND x.job IS NULL AND x.full_at < v_now - core.setting_int('agg_seal_after_s') * interval '1 s'
     ORDER BY x.serial LIMIT 200 FOR UPDATE SKIP LOCKED
  LOOP
    UPDATE core.agg_segment x SET job = core.enqueue(215::smallint, 0, jsonb_build_object('segment', g.serial)) WHERE x.serial = g.serial;
    PERFORM core.ring(10::smallint);
    v_n := v_n + 1;
  END LOOP;
  DELETE FROM core.agg_segment x WHERE x.state = 'gone' AND NOT x.here;
  RETURN v_n;
END $$;
