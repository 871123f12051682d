-- later_promote(): jobs whose time has come become runnable, at most 5,000 a
-- call; wakes their lanes.  Returns how many.
CREATE FUNCTION core.later_promote() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_lanes smallint[];
  v_n     bigint;
BEGIN
  WITH due AS MATERIALIZED (
    SELECT l.due, l.id FROM core.later l WHERE l.due <= clock_timestamp()
     ORDER BY l.due, l.id LIMIT 5000 FOR UPDATE SKIP LOCKED),
  gone AS (
    DELETE FROM core.later l USING due d WHERE l.due = d.due AND l.id = d.id RETURNING l.*),
  put AS (
    INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, attempt, crashes, timeout_ms)
    SELECT s.current, g.lane, g.band, g.tenant, g.rank, g.id, g.kind, g.attempt, g.crashes, g.timeout_ms
      FROM gone g, core.segment s RETURNING lane)
  SELECT count(*), array_agg(DISTINCT lane) INTO v_n, v_lanes FROM put;
  PERFORM core.ring(lane) FROM unnest(v_lanes) lane;
  RETURN v_n;
END $$;
