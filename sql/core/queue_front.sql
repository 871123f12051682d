-- queue_front(lane, band, keep): the ranks of the first 1,001 jobs that wait and
-- how fast the lane goes.  A queue of up to 1,000 is looked at every time; of a
-- longer one the figures may be a second old, and keep says to write them down (in
-- the order of lane and band, so that two callers do not wait for each other).
-- Tenants are walked by index probes, each read up to the last rank that still
-- counts; nothing scans the backlog.
CREATE FUNCTION core.queue_front(p_lane smallint, p_band smallint, p_keep boolean) RETURNS core.queue_front
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  f core.queue_front;
  v_last bigint := 9223372036854775807;
  v_tenant int;
BEGIN
  SELECT x.* INTO f FROM core.queue_front x
   WHERE x.lane = p_lane AND x.band = p_band AND x.at > clock_timestamp() - interval '1 s';
  IF FOUND THEN
    RETURN f;
  END IF;
  f := ROW(p_lane, p_band, '{}', NULL, clock_timestamp());
  FOR v_seg IN 0 .. 1 LOOP
    v_tenant := -1;
    LOOP
      SELECT y.tenant INTO v_tenant FROM core.ready y
       WHERE y.seg = v_seg::smallint AND y.lane = p_lane AND y.band = p_band AND y.tenant > v_tenant ORDER BY y.tenant LIMIT 1;
      EXIT WHEN NOT FOUND;
      f.ranks := ARRAY(
        SELECT a.rank FROM (
          SELECT unnest(f.ranks) AS rank UNION ALL
          (SELECT y.rank FROM core.ready y
            WHERE y.seg = v_seg::smallint AND y.lane = p_lane AND y.band = p_band AND y.tenant = v_tenant AND y.rank < v_last
            ORDER BY y.rank LIMIT 1001)) a
         ORDER BY 1 LIMIT 1001);
      v_last := coalesce(f.ranks[1001], v_last);
    END LOOP;
  END LOOP;
  f.job_s := core.lane_pace(p_lane);
  IF p_keep AND cardinality(f.ranks) > 1000 THEN
    INSERT INTO core.queue_front AS x SELECT f.* ON CONFLICT (lane, band) DO UPDATE
       SET ranks = excluded.ranks, job_s = excluded.job_s, at = excluded.at WHERE x.at < excluded.at;
  END IF;
  RETURN f;
END $$;
