-- ask_agg_parts: the sums of a batch, still sealed, at most 2 MiB a page.  A page begins behind
-- <bucket in hex>/<job>: base64 has the '/' itself.
CREATE FUNCTION core.ask_agg_parts(s core.agg_subject, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  b constant record := core.agg_batch_of(s);
  v constant record := core.agg_range(b.batch, b.first, b.past);
  v_bucket constant bytea := coalesce(decode(split_part(a ->> 'after', '/', 1), 'hex'), '');
  v_job constant bigint := coalesce(nullif(split_part(a ->> 'after', '/', 2), '')::bigint, 0);
  v_rows jsonb[] := '{}';
  v_size bigint := 0;
  v_after text;
  p core.agg_part;
BEGIN
  FOR p IN
    SELECT x.* FROM core.agg_part x
     WHERE x.task_no = s.task_no AND x.bucket >= v.low AND x.bucket < v.high AND (x.bucket, x.job_no) > (v_bucket, v_job) AND x.sealed IS NOT NULL ORDER BY x.bucket, x.job_no
  LOOP
    v_size := v_size + 200 + length(p.sealed);
    EXIT WHEN v_size > 2097152 AND v_rows <> '{}';
    v_rows := v_rows || jsonb_build_object('count', p.count, 'sealed_share', core.b64(p.sealed),
      'sealed_at', jsonb_build_object('table', 'agg_part', 'id', concat_ws('/', p.task_no, p.job_no, core.b64(p.bucket))));
    v_after := encode(p.bucket, 'hex') || '/' || p.job_no;
  END LOOP;
  RETURN jsonb_strip_nulls(jsonb_build_object('parts', to_jsonb(v_rows), 'after', CASE WHEN v_size > 2097152 THEN v_after END));
END $$;
