-- dap_upload(calls, tasks, profiles, ids, times, config ids, segments, offsets, lengths, bytes):
-- reports of clients, whoever they are, side by side in arrays: the call each belongs to (from 1,
-- ascending, none left out), its task and the rest, bytes or segment and offset.  One answer for
-- each call, in their order.  A report that is here already changes nothing and is taken.  Of
-- profile 09 a call is one report; of 18 some may be refused and the others taken (extra.errors).
-- Locks: the tasks, shared, in their order; then reports by task and id.
CREATE FUNCTION api.dap_upload(p_calls int[], p_tasks bytea[], p_profiles text[], p_ids uuid[], p_times bigint[], p_configs int[],
  p_segments uuid[], p_ats int[], p_lengths int[], p_bytes bytea[])
RETURNS SETOF core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  v_n constant int := cardinality(p_ids);
  v_bad text[] := array_fill('unrecognizedTask'::text, ARRAY[v_n]);    -- of each report; NULL: it is taken
  t core.agg_task;
  g record;
  r record;
BEGIN
  FOR g IN SELECT x.task_no, x.task_id, x.profile FROM core.agg_task x WHERE x.task_id = ANY (p_tasks) AND x.role = 'leader' ORDER BY x.task_no LOOP
    PERFORM core.agg_share(g.task_no);
    SELECT x.* INTO t FROM core.agg_task x WHERE x.task_no = g.task_no AND x.removed_at IS NULL;
    CONTINUE WHEN NOT FOUND;
    IF p_tasks = array_fill(g.task_id, ARRAY[v_n]) AND p_profiles = array_fill(g.profile, ARRAY[v_n]) THEN
      v_bad := core.upload_task(t, p_ids, p_times, p_configs, p_segments, p_ats, p_lengths, p_bytes);
    ELSE
      SELECT array_agg(u.n) AS ns, array_agg(u.id) AS ids, array_agg(u.time) AS times, array_agg(u.config) AS configs, array_agg(u.segment) AS segments,
             array_agg(u.at) AS ats, array_agg(u.length) AS lengths, array_agg(u.bytes) AS bytes INTO r
        FROM unnest(p_tasks, p_profiles, p_ids, p_times, p_configs, p_segments, p_ats, p_lengths, p_bytes)
             WITH ORDINALITY u(task, profile, id, time, config, segment, at, length, bytes, n)
       WHERE u.task = g.task_id AND u.profile = g.profile;
      CONTINUE WHEN r.ns IS NULL;
      v_bad := core.upload_merge(v_bad, r.ns, core.upload_task(t, r.ids, r.times, r.configs, r.segments, r.ats, r.lengths, r.bytes));
    END IF;
  END LOOP;
  RETURN QUERY SELECT a.* FROM core.upload_answers(p_calls, p_profiles, p_ids, v_bad) a;
END $$;
