-- agg_open(lease): what a claimed job of the aggregate service stands on; docs/design/aggregate.md
-- has its members.  {"err"}: what it is about has ended.  NULL: its batch cannot close yet, or
-- it needs a file of another host, or its peer is slow and has its share of the runners; it
-- is in core.later again, and this run is nobody's.
CREATE FUNCTION core.agg_open(l core.lease) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  s constant core.agg_subject := core.agg_subject_of(l);
  t core.agg_task;
  v jsonb;
BEGIN
  IF core.agg_held_back(l, s) THEN
    DELETE FROM core.lease x WHERE x.id = l.id AND x.token = l.token;
    PERFORM core.job_wait(l, (5000 + 5000 * random())::bigint);
    RETURN NULL;
  ELSIF s.task_no IS NOT NULL THEN
    SELECT x.* INTO t FROM core.agg_task x WHERE x.task_no = s.task_no;
  END IF;
  v := CASE WHEN s.job_no IS NOT NULL THEN core.agg_open_job(s)
            WHEN s.collection IS NOT NULL THEN core.agg_open_collection(s)
            WHEN s.served IS NOT NULL THEN core.agg_open_served(s)
            WHEN s.segment IS NOT NULL THEN core.agg_open_segment(s)
            ELSE '{}' END;
  IF v IS NULL THEN
    RETURN '{"err": {"code": "CANCELLED", "message": "there is nothing left to do"}}';
  ELSIF v ? 'later_ms' THEN
    DELETE FROM core.lease x WHERE x.id = l.id AND x.token = l.token;
    PERFORM core.job_wait(l, (v ->> 'later_ms')::bigint);
    RETURN NULL;
  END IF;
  RETURN v || jsonb_build_object('tenant', '', 'now', core.agg_now(), 'files', coalesce(v -> 'files', '[]'::jsonb))
    || CASE WHEN t.task_no IS NULL THEN '{}'
            ELSE jsonb_strip_nulls(jsonb_build_object('task', t.spec || jsonb_build_object('task_no', t.task_no), 'sealed', core.b64(t.sealed))) END;
END $$;
