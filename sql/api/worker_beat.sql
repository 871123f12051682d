-- worker_beat(worker, tokens, usage, pool, proved): every 5 s.  tokens: of all
-- jobs it holds; usage: {"<job uuid>": {...}} sampled now; proved: a canary or a
-- real job finished since the last beat.  Rows:
--   gone   the worker was given up: kill everything, join again
--   lost   a token that is no longer a lease: kill that job
--   drain  an operator wants it to stop claiming (job_turn hands nothing out)
-- A lease of this worker that it does not name belongs to a claim whose answer
-- never arrived; it returns to the queue once it is older than any answer.
CREATE FUNCTION api.worker_beat(p_worker int, p_tokens uuid[], p_usage jsonb, p_pool jsonb, p_proved boolean)
RETURNS TABLE (what text, id uuid, token uuid, detail text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_state  text;
  v_leases core.lease[];
BEGIN
  UPDATE core.worker w
     SET beat = clock_timestamp(), pool = p_pool,
         proved_at = CASE WHEN p_proved THEN clock_timestamp() ELSE w.proved_at END
   WHERE w.id = p_worker AND w.state <> 'gone' RETURNING w.state INTO v_state;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'gone', NULL::uuid, NULL::uuid, NULL::text;
    RETURN;
  END IF;
  UPDATE core.lease l SET usage = u.value
    FROM jsonb_each(coalesce(p_usage, '{}')) u
   WHERE l.id = u.key::uuid AND l.worker = p_worker;

  WITH stray AS (
    DELETE FROM core.lease l
     WHERE l.worker = p_worker AND NOT l.token = ANY (p_tokens)
       AND l.claimed_at < clock_timestamp() - interval '15 s'
    RETURNING l.*)
  SELECT array_agg(ROW(s.*)::core.lease) INTO v_leases FROM stray s;
  IF v_leases IS NOT NULL THEN
    PERFORM core.job_requeue(v_leases, true);
  END IF;

  IF v_state = 'draining' THEN
    RETURN QUERY SELECT 'drain', NULL::uuid, NULL::uuid, NULL::text;
  END IF;
  RETURN QUERY SELECT 'lost', NULL::uuid, t, NULL::text FROM unnest(p_tokens) t
                WHERE t <> ALL (ARRAY(SELECT l.token FROM core.lease l WHERE l.worker = p_worker));
END $$;
