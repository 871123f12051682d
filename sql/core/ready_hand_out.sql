-- ready_hand_out(segment, rows, worker, plain): move jobs that a claim has locked to
-- lease, each with a fresh token, and hand them out.  plain: all carry their spec;
-- else it is read from core.job, and what expired or may no longer run is ended
-- instead and is not among the rows.  Who fetches a script is told its CID only.  A job that has ever run does not expire.
CREATE FUNCTION core.ready_hand_out(p_seg smallint, p_rows tid[], p_worker int, p_plain boolean)
RETURNS TABLE (id uuid, token uuid, tenant int, attempt int, kind text, timeout_ms bigint, spec jsonb, payload bytea)
LANGUAGE plpgsql VOLATILE ROWS 50 AS $$
DECLARE
  v_leases core.lease[];
  v_comps uuid[];
BEGIN
  IF p_plain THEN
    RETURN QUERY
      WITH taken AS (
        DELETE FROM core.ready r WHERE r.seg = p_seg AND r.ctid = ANY (p_rows) RETURNING gen_random_uuid() AS token, r.*),
      leased AS (
        INSERT INTO core.lease AS l (id, token, worker, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms)
        SELECT t.id, t.token, p_worker, t.lane, t.band, t.tenant, t.rank, t.kind, t.attempt + 1, t.crashes, t.timeout_ms FROM taken t)
      SELECT t.id, t.token, t.tenant, t.attempt + 1, k.name, t.timeout_ms, t.spec, convert_to(t.spec ->> 'code', 'UTF8')
        FROM taken t JOIN core.kind k ON k.id = t.kind;
    RETURN;
  END IF;
  WITH taken AS (
    DELETE FROM core.ready r WHERE r.seg = p_seg AND r.ctid = ANY (p_rows) RETURNING r.*),
  leased AS (
    INSERT INTO core.lease AS l (id, token, worker, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms, phase)
    SELECT t.id, gen_random_uuid(), p_worker, t.lane, t.band, t.tenant, t.rank, t.kind, t.attempt + 1, t.crashes, t.timeout_ms,
           CASE t.kind WHEN 11 THEN 'fetching' ELSE 'starting' END
      FROM taken t RETURNING l.*)
  SELECT array_agg(ROW(l.*)::core.lease) INTO v_leases FROM leased l;
  RETURN QUERY
    SELECT h.id, h.token, h.tenant, h.attempt::int, k.name, h.timeout_ms,
           CASE h.kind WHEN 11 THEN jsonb_build_object('cid', h.spec -> 'cid') ELSE core.job_spec(h.shared, h.spec) END,
           CASE WHEN h.kind = 1 THEN (SELECT b.data FROM core.blob b WHERE b.sha256 = decode(h.spec ->> 'script_sha256', 'hex'))
                ELSE convert_to(h.spec ->> 'code', 'UTF8') END
      FROM (SELECT l.id, l.token, l.tenant, l.attempt, l.kind, l.timeout_ms, l.n, j.shared, j.spec, j.expires_at
              FROM unnest(v_leases) WITH ORDINALITY l(id, token, worker, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms,
                                                      claimed_at, started_at, deadline, phase, usage, n)
              JOIN core.job j ON j.id = l.id ORDER BY l.id OFFSET 0) h
      JOIN core.kind k ON k.id = h.kind
     WHERE h.kind <> 1 AND h.expires_at IS NULL OR core.job_admit(h.id, h.kind, CASE h.attempt WHEN 1 THEN h.expires_at END)
     ORDER BY h.n;
  v_comps := ARRAY(SELECT l.id FROM unnest(v_leases) l WHERE l.kind = 1);
  IF cardinality(v_comps) > 0 THEN
    PERFORM core.phase_note(v_comps);
  END IF;
END $$;
