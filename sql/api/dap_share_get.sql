-- dap_share_get(auth, {task_id, profile, share_id}): what has become of a request for our sum.
CREATE FUNCTION api.dap_share_get(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  f constant core.agg_found := core.agg_find(p_auth, p_req, 'helper', 'leader');
  v core.agg_served;
BEGIN
  IF (f.refusal).err IS NOT NULL THEN
    RETURN f.refusal;
  END IF;
  v := core.agg_served_find(f.t, core.id16(p_req ->> 'share_id'), NULL);
  IF v.served_no IS NULL OR v.removed THEN
    RETURN core.refuse('NOT_FOUND', 'no such aggregate share');
  END IF;
  RETURN core.agg_served_answer(v, 200);
END $$;
