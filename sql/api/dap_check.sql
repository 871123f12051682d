-- dap_check(auth, {task_id, profile}): may the caller of a helper's route bring a body?
-- Changes nothing.
CREATE FUNCTION api.dap_check(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  f constant core.agg_found := core.agg_find(p_auth, p_req, 'helper', 'leader');
BEGIN
  RETURN CASE WHEN (f.refusal).err IS NOT NULL THEN f.refusal ELSE core.ok(204) END;
END $$;
