-- ready_take(segment, at, worker): move one job that a claim has locked, and that
-- carries its spec, to lease with a fresh token, and hand it out: what
-- core.ready_hand_out does for many, in small statements.
CREATE FUNCTION core.ready_take(p_seg smallint, p_at tid, p_worker int,
                                OUT id uuid, OUT token uuid, OUT tenant int, OUT attempt int, OUT kind text, OUT timeout_ms bigint,
                                OUT spec jsonb, OUT payload bytea)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  r core.ready;
BEGIN
  DELETE FROM core.ready x WHERE x.seg = p_seg AND x.ctid = p_at RETURNING x.* INTO r;
  id := r.id;
  token := gen_random_uuid();
  tenant := r.tenant;
  attempt := r.attempt + 1;
  timeout_ms := r.timeout_ms;
  spec := r.spec;
  payload := convert_to(r.spec ->> 'code', 'UTF8');
  INSERT INTO core.lease (id, token, worker, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms)
  VALUES (id, token, p_worker, r.lane, r.band, tenant, r.rank, r.kind, attempt, r.crashes, timeout_ms);
  SELECT k.name INTO kind FROM core.kind k WHERE k.id = r.kind;
END $$;
