-- ready_pick_fair(segment, lane, band, want, cursor): core.ready_pick for several
-- tenants.  They are found by one index probe each, first those after the cursor,
-- then the others, and no more of them than are needed: a backlog is never
-- scanned.  One with a limit gives what core.tenant_room allows.
CREATE FUNCTION core.ready_pick_fair(p_seg smallint, p_lane smallint, p_band smallint, p_want int, p_cursor int,
                                     OUT rows tid[], OUT crashes int, OUT plain boolean, OUT last int, OUT spare boolean)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  WITH RECURSIVE after(t) AS (
    (SELECT r.tenant FROM core.ready r
      WHERE r.seg = p_seg AND r.lane = p_lane AND r.band = p_band AND r.tenant > p_cursor ORDER BY r.tenant LIMIT 1)
    UNION ALL
    SELECT (SELECT r.tenant FROM core.ready r
             WHERE r.seg = p_seg AND r.lane = p_lane AND r.band = p_band AND r.tenant > a.t ORDER BY r.tenant LIMIT 1)
      FROM after a WHERE a.t IS NOT NULL),
  before(t) AS (
    (SELECT r.tenant FROM core.ready r
      WHERE r.seg = p_seg AND r.lane = p_lane AND r.band = p_band AND r.tenant <= p_cursor ORDER BY r.tenant LIMIT 1)
    UNION ALL
    SELECT (SELECT r.tenant FROM core.ready r
             WHERE r.seg = p_seg AND r.lane = p_lane AND r.band = p_band AND r.tenant > b.t AND r.tenant <= p_cursor ORDER BY r.tenant LIMIT 1)
      FROM before b WHERE b.t IS NOT NULL),
  open AS MATERIALIZED (      -- read no further than asked
    SELECT m.t, m.room
      FROM (SELECT f.t, CASE WHEN f.most IS NULL THEN p_want ELSE core.tenant_room(f.t, f.most, p_want) END AS room
              FROM (SELECT u.t, (SELECT c.max_running FROM core.principal c WHERE c.id = u.t) AS most
                      FROM (SELECT a.t FROM after a UNION ALL SELECT b.t FROM before b) u
                     WHERE u.t IS NOT NULL OFFSET 0) f OFFSET 0) m
     WHERE m.room > 0),
  share AS MATERIALIZED (
    SELECT greatest(1, p_want / greatest(1, count(*))) AS n FROM (SELECT FROM open LIMIT p_want) o),
  pick AS MATERIALIZED (
    SELECT o.t, least(o.room, (SELECT s.n FROM share s)) AS share, p.k, p.crashes, p.plain
      FROM open o CROSS JOIN LATERAL (
        SELECT r.ctid AS k, r.crashes, r.spec IS NOT NULL AS plain FROM core.ready r
         WHERE r.seg = p_seg AND r.lane = p_lane AND r.band = p_band AND r.tenant = o.t
         ORDER BY r.rank, r.id LIMIT least(o.room, (SELECT s.n FROM share s)) FOR UPDATE SKIP LOCKED) p
     LIMIT p_want)
  SELECT array_agg(p.k), max(p.crashes), bool_and(p.plain), (array_agg(p.t))[count(*)],
         EXISTS (SELECT FROM pick q GROUP BY q.t, q.share HAVING count(*) >= q.share)
    INTO rows, crashes, plain, last, spare FROM pick p;
END $$;
