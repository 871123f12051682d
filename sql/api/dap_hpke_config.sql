-- dap_hpke_config(auth, {task_id, profile}): the keys that clients seal to, newest first, in
-- extra.configs.
CREATE FUNCTION api.dap_hpke_config(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  v_now constant timestamptz := clock_timestamp();
BEGIN
  IF p_req ->> 'task_id' IS NOT NULL AND NOT EXISTS (
       SELECT FROM core.agg_task t WHERE t.task_id = core.b64u_read(p_req ->> 'task_id') AND t.profile = p_req ->> 'profile' AND t.role <> 'collector') THEN
    RETURN core.refuse('unrecognizedTask', 'no such task');
  END IF;
  RETURN core.ok(200, NULL, jsonb_build_object('configs', coalesce(
    (SELECT jsonb_agg(core.b64(k.config) ORDER BY k.active_at DESC, k.config_id) FROM core.agg_hpke_key k
      WHERE k.active_at <= v_now AND (k.expires_at IS NULL OR k.expires_at > v_now)), '[]')));
END $$;
