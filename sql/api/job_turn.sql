-- job_turn(worker, lane, ids, tokens, outcomes, want, cursor): finish the last
-- batch and claim the next, in one round trip and one commit.  Rows:
--   claim   a job that is now leased to the worker, with all it needs
--   fenced  a finish whose token is gone: throw the result away
--   more    once, if the batch was filled and the lane has more: ring it
-- A computation that may no longer run is ended here and never handed out.
-- outcomes: one for each id; NULL: all completed, and nothing is to be kept.
-- cursor: the tenant of the last job that this worker was given, or -1.
--
-- Strict bands, lowest number first, except that every eighth claim of a session
-- goes the other way round so that no band starves; in a band the older segment
-- before the current one, in a segment the tenants in turn: by the cursor, or in a
-- fair lane by what they have had.
--
-- The only job of a lane goes a shorter way, and a claim of it that finishes nothing
-- is committed without waiting for the disk: what a crash takes back is a lease
-- whose token is then nobody's, so its run is fenced and its job is ready again.
CREATE FUNCTION api.job_turn(p_worker int, p_lane smallint, p_ids uuid[], p_tokens uuid[], p_outcomes jsonb, p_want int, p_cursor int)
RETURNS TABLE (what text, id uuid, token uuid, tenant int, attempt int, kind text, timeout_ms bigint, spec jsonb, payload bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_want   int := coalesce(least(p_want, 1000), 0);
  v_left   int := 0;            -- of what may be claimed
  v_taken  int := 0;
  v_n      int;
  v_step   int := 1;
  v_band   smallint;
  v_seg    smallint;
  v_cursor int;
  v_front  core.place;          -- of this segment and band, where f knows it
  f        record;              -- the front of the lane
  p        record;              -- jobs that are locked for us
BEGIN
  IF cardinality(p_ids) > 0 THEN
    what := 'fenced';
    FOREACH id IN ARRAY core.job_finish(p_ids, p_tokens, p_outcomes) LOOP
      RETURN NEXT;
    END LOOP;
  END IF;
  IF v_want > 0 THEN
    f := core.lane_front(p_worker, p_lane, v_want);
    v_left := f.room;
    v_band := least((f.a).band, (f.b).band);
    IF f.lone IS NOT NULL THEN
      IF cardinality(p_ids) = 0 THEN
        PERFORM set_config('synchronous_commit', 'off', true);
      END IF;
      RETURN QUERY SELECT 'claim', t.* FROM core.ready_take((1 - f.older)::smallint, f.lone, p_worker) t;
      RETURN;
    END IF;
    IF v_band < 3 AND core.claim_turn(p_lane) % 8 = 0 THEN
      v_step := -1;
      v_band := core.band_next(p_lane, 4::smallint, -1);
    END IF;
  END IF;
  what := 'claim';
  WHILE v_left > 0 AND v_band IS NOT NULL LOOP
    FOR v_part IN 1 .. 2 LOOP
      v_seg := CASE v_part WHEN 1 THEN f.older ELSE 1 - f.older END;
      v_front := CASE v_part WHEN 1 THEN f.a ELSE f.b END;
      CONTINUE WHEN v_left <= 0 OR v_front.band IS NULL OR v_front.band > v_band;
      IF v_front.band < v_band THEN
        v_front := NULL;
      END IF;
      v_cursor := coalesce(p_cursor, -1);
      IF f.fair THEN
        v_cursor := core.lane_turn(p_lane, v_seg, v_band, v_cursor);
      END IF;
      LOOP
        p := core.ready_pick(v_seg, p_lane, v_band, v_left, v_cursor, v_front);
        IF p.crashes > 0 THEN
          p.rows := core.ready_suspect(v_seg, p.rows, v_left = f.room);
        END IF;
        EXIT WHEN p.rows IS NULL;
        v_n := cardinality(p.rows);
        IF p.plain AND v_n = 1 THEN
          RETURN QUERY SELECT 'claim', t.* FROM core.ready_take(v_seg, p.rows[1], p_worker) t;
        ELSE
          RETURN QUERY SELECT 'claim', h.* FROM core.ready_hand_out(v_seg, p.rows, p_worker, p.plain) h;
        END IF;
        v_taken := v_taken + v_n;
        v_left := CASE WHEN p.crashes > 0 AND v_left = f.room THEN 0 ELSE v_left - v_n END;
        EXIT WHEN v_left <= 0 OR NOT p.spare;
        v_cursor := p.last;
      END LOOP;
    END LOOP;
    EXIT WHEN v_left <= 0;
    v_band := core.band_next(p_lane, v_band, v_step);
  END LOOP;
  IF v_taken > 0 AND v_taken >= v_want AND core.lane_has_work(p_lane) THEN
    RETURN QUERY SELECT 'more', NULL::uuid, NULL::uuid, NULL::int, NULL::int, NULL::text, NULL::bigint, NULL::jsonb, NULL::bytea;
  END IF;
END $$;
