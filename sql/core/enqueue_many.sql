-- enqueue_many(kind, principal, specs): many jobs of one kind, runnable now, in
-- one statement; their ids beside specs.  Everything else is the kind's default.
CREATE FUNCTION core.enqueue_many(p_kind smallint, p_principal int, p_specs jsonb[]) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_now  timestamptz := clock_timestamp();
  v_rank bigint := core.rank_at(v_now, 0);
  v_seg  smallint := (SELECT s.current FROM core.segment s);
  v_kind core.kind;
  v_ids  uuid[];
BEGIN
  SELECT * INTO STRICT v_kind FROM core.kind k WHERE k.id = p_kind;
  v_ids := ARRAY(SELECT core.uuid7() FROM generate_series(1, cardinality(p_specs)));
  INSERT INTO core.job (id, principal, kind, lane, max_attempts, timeout_ms, created_at, spec)
  SELECT u.id, p_principal, p_kind, v_kind.lane, v_kind.max_attempts, v_kind.timeout_ms, v_now, u.spec
    FROM unnest(v_ids, p_specs) AS u(id, spec);
  INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, timeout_ms, spec)
  SELECT v_seg, v_kind.lane, 1, p_principal, v_rank, u.id, p_kind, v_kind.timeout_ms, core.spec_short(p_kind, u.spec, NULL)
    FROM unnest(v_ids, p_specs) AS u(id, spec);
  RETURN v_ids;
END $$;
