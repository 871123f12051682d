-- ask_agg_seen: which of these reports a helper must not take: known ids, buckets that are
-- closing or collected, reports older than the ids that are kept; and how many a bucket still has room
-- for, where batches have a most.
CREATE FUNCTION core.ask_agg_seen(s core.agg_subject, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  t core.agg_task;
  v_replayed jsonb;
  v_dropped jsonb;
  v_closed jsonb;
  v_room jsonb;
BEGIN
  IF jsonb_array_length(a -> 'reports') > 1000 THEN
    PERFORM core.job_fail('LIMIT', 'at most 1000 reports');
  END IF;
  SELECT x.* INTO t FROM core.agg_task x WHERE x.task_no = s.task_no;
  SELECT jsonb_agg(r -> 'id') FILTER (WHERE EXISTS (SELECT FROM core.agg_report x WHERE x.task_no = t.task_no AND x.report_id = core.id16(r ->> 'id'))),
         jsonb_agg(r -> 'id') FILTER (WHERE (r ->> 'time')::bigint < t.kept_from)
    INTO v_replayed, v_dropped FROM jsonb_array_elements(a -> 'reports') r;
  SELECT jsonb_agg(b.bucket) FILTER (WHERE core.agg_bucket_closed(t, decode(b.bucket, 'base64'))),
         jsonb_object_agg(b.bucket, core.agg_bucket_room(t, decode(b.bucket, 'base64'))) FILTER (WHERE core.agg_count_max(t) IS NOT NULL)
    INTO v_closed, v_room FROM (SELECT DISTINCT r ->> 'bucket' AS bucket FROM jsonb_array_elements(a -> 'reports') r) b;
  RETURN jsonb_strip_nulls(jsonb_build_object('room', v_room)) || jsonb_build_object('replayed', coalesce(v_replayed, '[]'), 'closed', coalesce(v_closed, '[]'), 'dropped', coalesce(v_dropped, '[]'));
END $$;
