-- dap_upload(auths, [{task_id, profile, reports: [{id, time, config_id, bytes_b64 | segment,
-- offset, length}]}]): reports of clients, whoever they are; one answer for each call, in their order.  A
-- report that is here already changes nothing and is taken.  Of profile 09 a call is
-- one report; of 18 some may be refused and the others taken (extra.errors).
-- Locks: the tasks, shared, in their order; then reports by task and id.
CREATE FUNCTION api.dap_upload(p_auths jsonb[], p_reqs jsonb[])
RETURNS SETOF core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  v_answers core.answer[] := array_fill(core.refuse('unrecognizedTask', 'no such task'), ARRAY[cardinality(p_reqs)]);
  v_calls int[];
  v_reports jsonb[];
  v_bad text[];
  t core.agg_task;
  g record;
BEGIN
  FOR g IN
    SELECT x.task_no, array_agg(u.n ORDER BY u.n) AS calls
      FROM (SELECT w.r ->> 'task_id' AS id, w.r ->> 'profile' AS profile, w.n::int AS n FROM unnest(p_reqs) WITH ORDINALITY w(r, n) OFFSET 0) u
      JOIN core.agg_task x ON x.task_id = core.b64u_read(u.id) AND x.profile = u.profile
     WHERE x.role = 'leader' GROUP BY x.task_no ORDER BY x.task_no
  LOOP
    PERFORM core.agg_share(g.task_no);
    SELECT x.* INTO t FROM core.agg_task x WHERE x.task_no = g.task_no AND x.removed_at IS NULL;
    CONTINUE WHEN NOT FOUND;
    SELECT array_agg(c.n), array_agg(e.r) INTO v_calls, v_reports FROM unnest(g.calls) c(n) CROSS JOIN LATERAL jsonb_array_elements(p_reqs[c.n] -> 'reports') e(r);
    v_bad := core.upload_task(t, v_reports);
    FOREACH g.task_no IN ARRAY g.calls LOOP
      v_answers[g.task_no] := core.ok(CASE t.profile WHEN '09' THEN 201 ELSE 200 END);
    END LOOP;
    IF array_remove(v_bad, NULL) <> '{}' THEN
      FOR i IN 1 .. cardinality(v_bad) LOOP
        CONTINUE WHEN v_bad[i] IS NULL;
        v_answers[v_calls[i]] := core.upload_refusal(v_answers[v_calls[i]], t.profile, v_reports[i] ->> 'id', v_bad[i]);
      END LOOP;
    END IF;
  END LOOP;
  RETURN QUERY SELECT * FROM unnest(v_answers);
END $$;
