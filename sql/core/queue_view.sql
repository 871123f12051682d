-- queue_view(job): estimates for a job that waits: how many stand before it
-- (counted to 1,000), why it waits, and when it may start, as far as the last
-- runs tell.  Tenants are walked by index probes; nothing scans the backlog.
CREATE FUNCTION core.queue_view(p_job uuid)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  r core.ready;
  v_ahead int;
  v_why text;
BEGIN
  SELECT y.* INTO r FROM core.job j CROSS JOIN LATERAL core.ready_find(j) y WHERE j.id = p_job AND y.id = p_job;
  IF NOT FOUND THEN
    RETURN '{}';
  END IF;
  WITH RECURSIVE seg (s) AS (VALUES (0::smallint), (1::smallint)),
  tenant (s, t) AS (
    SELECT seg.s, (SELECT y.tenant FROM core.ready y
                    WHERE y.seg = seg.s AND y.lane = r.lane AND y.band = r.band ORDER BY y.tenant LIMIT 1) FROM seg
    UNION ALL
    SELECT n.s, (SELECT y.tenant FROM core.ready y
                  WHERE y.seg = n.s AND y.lane = r.lane AND y.band = r.band AND y.tenant > n.t ORDER BY y.tenant LIMIT 1)
      FROM tenant n WHERE n.t IS NOT NULL)
  SELECT count(*) INTO v_ahead FROM (
    SELECT FROM tenant n CROSS JOIN LATERAL (
      SELECT FROM core.ready y
       WHERE y.seg = n.s AND y.lane = r.lane AND y.band = r.band AND y.tenant = n.t AND y.rank < r.rank LIMIT 1001) x
     LIMIT 1001) z;
  SELECT CASE
      WHEN l.paused THEN 'lane_paused'
      WHEN core.setting_bool('maintenance') THEN 'maintenance'
      WHEN p.max_running <= (SELECT count(*) FROM core.lease x WHERE x.tenant = r.tenant) THEN 'fair_share'
      ELSE 'no_free_runner' END
    INTO v_why FROM core.lane l LEFT JOIN core.principal p ON p.id = r.tenant WHERE l.id = r.lane;
  RETURN jsonb_strip_nulls(jsonb_build_object('queue_position', least(v_ahead, 1000),
      'queue_position_capped', CASE WHEN v_ahead > 1000 THEN true END, 'wait_reason', v_why,
      'eta_s', CASE WHEN v_why IN ('fair_share', 'no_free_runner') THEN core.eta_s(r.lane, v_ahead) END));
END $$;
