-- job_turn(worker, lane, ids, tokens, outcomes, want, cursor): finish the last
-- batch and claim the next, in one round trip and one commit.  Rows:
--   claim   a job that is now leased to the worker, with all it needs
--   fenced  a finish whose token is gone: throw the result away
--   more    once, if the batch was filled and the lane has more: ring it
-- A computation that may no longer run is ended here and never handed out.
-- cursor: the tenant of the last job that this worker was given, or -1.
CREATE FUNCTION api.job_turn(p_worker int, p_lane smallint, p_ids uuid[], p_tokens uuid[], p_outcomes jsonb, p_want int, p_cursor int)
RETURNS TABLE (what text, id uuid, token uuid, tenant int, attempt int, kind text, timeout_ms bigint, spec jsonb, payload bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_leases core.lease[] := '{}';
  v_fenced uuid[];
  v_handed int;
BEGIN
  IF cardinality(p_ids) > 0 THEN
    v_fenced := core.job_finish(p_ids, p_tokens, p_outcomes);
    IF cardinality(v_fenced) > 0 THEN
      RETURN QUERY SELECT 'fenced', f, NULL::uuid, NULL::int, NULL::int, NULL::text, NULL::bigint, NULL::jsonb, NULL::bytea FROM unnest(v_fenced) f;
    END IF;
  END IF;
  IF p_want > 0 THEN
    v_leases := core.job_claim(p_worker, p_lane, least(p_want, 1000), coalesce(p_cursor, -1));
  END IF;
  IF cardinality(v_leases) = 0 THEN
    RETURN;
  END IF;
  RETURN QUERY
    SELECT 'claim', h.id, h.token, h.tenant, h.attempt::int, k.name, h.timeout_ms, core.job_spec(h.shared, h.spec),
           CASE WHEN h.kind = 1 THEN (SELECT b.data FROM core.blob b WHERE b.sha256 = decode(h.spec ->> 'script_sha256', 'hex'))
                ELSE convert_to(h.spec ->> 'code', 'UTF8') END
      FROM (SELECT l.id, l.token, l.tenant, l.attempt, l.kind, l.timeout_ms, l.n, j.shared, j.spec, j.expires_at
              FROM unnest(v_leases) WITH ORDINALITY l(id, token, worker, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms,
                                                      claimed_at, started_at, deadline, phase, usage, n)
              JOIN core.job j ON j.id = l.id ORDER BY l.id OFFSET 0) h
      JOIN core.kind k ON k.id = h.kind
     WHERE h.kind <> 1 AND h.expires_at IS NULL OR core.job_admit(h.id, h.kind, h.expires_at)
     ORDER BY h.n;
  GET DIAGNOSTICS v_handed = ROW_COUNT;
  IF (cardinality(v_leases) >= p_want OR v_handed < cardinality(v_leases))
     AND core.lane_has_work(p_lane) THEN
    RETURN QUERY SELECT 'more', NULL::uuid, NULL::uuid, NULL::int, NULL::int, NULL::text, NULL::bigint, NULL::jsonb, NULL::bytea;
  END IF;
END $$;
