-- enqueue(kind, principal, spec, ...): one job, runnable now or at p_due.
-- Returns its id (core.job_id).  Defaults come from the kind.
-- The caller rings the lane (extra.ring) after its commit.
CREATE FUNCTION core.enqueue(
  p_kind smallint, p_principal int, p_spec jsonb, p_id uuid DEFAULT NULL,
  p_priority int DEFAULT 0, p_band int DEFAULT 1, p_timeout_ms bigint DEFAULT NULL,
  p_max_attempts int DEFAULT NULL, p_expires_at timestamptz DEFAULT NULL,
  p_due timestamptz DEFAULT NULL, p_request_hash bytea DEFAULT NULL,
  p_dry_run boolean DEFAULT false) RETURNS uuid
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_now  timestamptz := clock_timestamp();
  v_id   uuid := core.job_id(p_id);
  v_rank bigint := core.rank_at(v_now, p_priority);
  v_kind core.kind;
  v_ms   bigint;
BEGIN
  SELECT * INTO STRICT v_kind FROM core.kind k WHERE k.id = p_kind;
  v_ms := coalesce(p_timeout_ms, v_kind.timeout_ms);
  INSERT INTO core.job (id, principal, kind, lane, priority, max_attempts, timeout_ms,
                        expires_at, created_at, spec, request_hash, dry_run)
  VALUES (v_id, p_principal, p_kind, v_kind.lane, p_priority, coalesce(p_max_attempts, v_kind.max_attempts), v_ms,
          p_expires_at, v_now, p_spec, p_request_hash, p_dry_run);
  IF p_due > v_now THEN
    INSERT INTO core.later (due, id, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms, why)
    VALUES (p_due, v_id, v_kind.lane, p_band, p_principal, v_rank, p_kind, 0, 0, v_ms, 'scheduled');
  ELSE
    INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, timeout_ms, spec)
    VALUES ((SELECT s.current FROM core.segment s), v_kind.lane, p_band, p_principal, v_rank, v_id, p_kind, v_ms,
            core.spec_short(p_kind, p_spec, p_expires_at));
  END IF;
  RETURN v_id;
END $$;
