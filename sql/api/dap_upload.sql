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
  v_answers core.answer[];
  t core.agg_task;
  g record;
  b record;
BEGIN
  v_answers := array_fill(core.refuse('unrecognizedTask', 'no such task'), ARRAY[cardinality(p_reqs)]);
  FOR g IN
    SELECT x.task_no, array_agg(u.n::int ORDER BY u.n) AS calls
      FROM unnest(p_reqs) WITH ORDINALITY u(r, n) JOIN core.agg_task x ON x.task_id = core.b64u_read(u.r ->> 'task_id') AND x.profile = u.r ->> 'profile'
     WHERE x.role = 'leader' GROUP BY x.task_no ORDER BY x.task_no
  LOOP
    PERFORM core.agg_share(g.task_no);
    SELECT x.* INTO t FROM core.agg_task x WHERE x.task_no = g.task_no AND x.removed_at IS NULL;
    CONTINUE WHEN NOT FOUND;
    FOR i IN 1 .. cardinality(g.calls) LOOP
      v_answers[g.calls[i]] := core.ok(CASE t.profile WHEN '09' THEN 201 ELSE 200 END);
    END LOOP;
    FOR b IN
      SELECT w.* FROM (SELECT array_agg(c.n ORDER BY c.n, e.m) AS calls, array_agg(e.r ORDER BY c.n, e.m) AS reports
                         FROM unnest(g.calls) c(n) CROSS JOIN LATERAL jsonb_array_elements(p_reqs[c.n] -> 'reports') WITH ORDINALITY e(r, m)) a
        CROSS JOIN LATERAL core.upload_task(t, a.calls, a.reports) w
    LOOP
      IF b.word = 'unavailable' THEN
        v_answers[b.call] := core.refuse('unavailable', 'write the report to another segment', 100);
      ELSIF t.profile = '09' THEN
        v_answers[b.call] := core.refuse(core.upload_word(t.profile, b.word), 'the report is not taken: ' || replace(b.word, '_', ' '));
      ELSIF v_answers[b.call].err IS NULL THEN
        v_answers[b.call].extra := jsonb_build_object('errors', coalesce(v_answers[b.call].extra -> 'errors', '[]')
          || jsonb_build_object('id', b.id, 'word', b.word));
      END IF;
    END LOOP;
  END LOOP;
  RETURN QUERY SELECT * FROM unnest(v_answers);
END $$;
