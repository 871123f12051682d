-- dap_share_remove(auth, {task_id, profile, share_id}): its leader has the answer.  The batch stays collected.
CREATE FUNCTION api.dap_share_remove(p_auth jsonb, p_req jsonb)
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
  IF v.served_no IS NULL THEN
    RETURN core.refuse('NOT_FOUND', 'no such aggregate share');
  END IF;
  UPDATE core.agg_served x SET removed = true WHERE x.served_no = v.served_no;
  RETURN core.ok(204);
END $$;
