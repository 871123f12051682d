-- segment_forward(from): move rows that nobody claims (a tenant at its limit, a
-- paused lane) out of a segment that should become empty; 5,000 a call.  The last
-- ones first: this segment is claimed before the other, so order is kept.
CREATE FUNCTION core.segment_forward(p_from smallint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_n bigint;
BEGIN
  WITH pick AS MATERIALIZED (
    SELECT r.ctid AS k FROM core.ready r WHERE r.seg = p_from
     ORDER BY r.lane DESC, r.band DESC, r.tenant DESC, r.rank DESC, r.id DESC LIMIT 5000 FOR UPDATE SKIP LOCKED),
  gone AS (
    DELETE FROM core.ready r WHERE r.seg = p_from AND r.ctid = ANY (ARRAY(SELECT k FROM pick)) RETURNING r.*),
  put AS (
    INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, attempt, crashes, timeout_ms, spec)
    SELECT 1 - g.seg, g.lane, g.band, g.tenant, g.rank, g.id, g.kind, g.attempt, g.crashes, g.timeout_ms, g.spec FROM gone g RETURNING 1)
  SELECT count(*) INTO v_n FROM put;
  RETURN v_n;
END $$;
