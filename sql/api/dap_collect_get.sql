-- dap_collect_get(auth, {task_id, profile, collection_id}): 202 while it runs, then its two
-- sealed shares in extra.collection, or the problem that it ended with; 204 once it was removed.
CREATE FUNCTION api.dap_collect_get(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  f constant core.agg_found := core.agg_find(p_auth, p_req, 'leader', 'collector');
  c core.agg_collection;
BEGIN
  IF (f.refusal).err IS NOT NULL THEN
    RETURN f.refusal;
  END IF;
  c := core.agg_collection_find(f.t, core.id16(p_req ->> 'collection_id'), NULL);
  IF c.collection_no IS NULL THEN
    RETURN core.refuse('NOT_FOUND', 'no such collection');
  ELSIF c.removed THEN
    RETURN core.ok(204);
  ELSIF c.same_as IS NOT NULL THEN
    SELECT x.* INTO c FROM core.agg_collection x WHERE x.collection_no = c.same_as;
  END IF;
  IF c.state = 'failed' THEN
    RETURN core.refuse(c.word, 'the batch cannot be collected');
  ELSIF c.state <> 'done' THEN
    RETURN core.ok(202, NULL, jsonb_build_object('retry_s', CASE c.state WHEN 'closing' THEN 1 ELSE 5 END));
  ELSIF c.leader_share IS NULL THEN
    RETURN core.ok(204);
  END IF;
  RETURN core.ok(200, NULL, jsonb_build_object('collection', jsonb_strip_nulls(jsonb_build_object('mode', (f.t).mode, 'batch_id', core.b64u(c.batch_id), 'count', c.count,
    'start', c.start, 'duration', c.duration, 'leader_b64', core.b64(c.leader_share), 'helper_b64', core.b64(c.helper_share)))));
END $$;
