-- job_give_back(ids, tokens, why): jobs that never started return to the queue;
-- no attempt is counted.  Returns how many of the tokens still held.
CREATE FUNCTION api.job_give_back(p_ids uuid[], p_tokens uuid[], p_why text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_leases core.lease[];
  v_lane   smallint;
BEGIN
  WITH gone AS (
    DELETE FROM core.lease l WHERE l.id = ANY (p_ids) AND l.token = ANY (p_tokens) RETURNING l.*)
  SELECT array_agg(ROW(g.*)::core.lease) INTO v_leases FROM gone g;
  IF v_leases IS NULL THEN
    RETURN 0;
  END IF;
  PERFORM core.job_requeue(v_leases, true);
  FOR v_lane IN SELECT DISTINCT l.lane FROM unnest(v_leases) l LOOP
    PERFORM core.ring(v_lane);
  END LOOP;
  PERFORM core.event_add('worker:' || l.worker, 'job.requeued', core.job_name(l.id), jsonb_build_object('why', left(p_why, 64)))
     FROM unnest(v_leases) l;
  RETURN cardinality(v_leases);
END $$;
