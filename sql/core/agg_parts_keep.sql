-- agg_parts_keep(task, job, parts, ids, words, buckets): the sums of a job, one for each bucket that it
-- accepted reports of; each must have the count and checksum of its reports.  A helper's batch that has
-- a most is filled by one transaction at a time: its bucket's row is locked, in their order.
CREATE FUNCTION core.agg_parts_keep(t core.agg_task, j core.agg_job, p_parts jsonb, p_ids uuid[], p_words text[], p_buckets bytea[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_want record;
  v_part jsonb;
  v_n int := 0;
BEGIN
  FOR v_want IN
    SELECT u.bucket, count(*) AS n, bit_xor(core.bits256(sha256(uuid_send(u.id)))) AS checksum
      FROM unnest(p_ids, p_words, p_buckets) u(id, word, bucket) WHERE u.word = 'accepted' GROUP BY u.bucket ORDER BY u.bucket
  LOOP
    SELECT p INTO v_part FROM jsonb_array_elements(p_parts) p WHERE decode(p ->> 'bucket', 'base64') = v_want.bucket;
    IF v_want.n IS DISTINCT FROM (v_part ->> 'count')::bigint OR v_want.checksum IS DISTINCT FROM core.bits256(decode(v_part ->> 'checksum', 'hex'))
       OR NOT v_part ? 'sealed_share' OR j.bucket <> v_want.bucket OR t.mode = 1 AND core.agg_bucket_first(v_want.bucket) % t.precision_s <> 0 THEN
      PERFORM core.job_fail('INTERNAL', 'a sum is not that of the accepted reports');
    END IF;
    IF t.role = 'helper' AND core.agg_bucket_closed(t, v_want.bucket) THEN
      PERFORM core.job_clash();
    END IF;
    INSERT INTO core.agg_bucket (task_no, bucket) VALUES (t.task_no, v_want.bucket) ON CONFLICT DO NOTHING;
    IF t.role = 'helper' AND core.agg_count_max(t) IS NOT NULL THEN
      PERFORM FROM core.agg_bucket b WHERE b.task_no = t.task_no AND b.bucket = v_want.bucket FOR UPDATE;
      IF v_want.n > core.agg_bucket_room(t, v_want.bucket) THEN
        PERFORM core.job_clash();
      END IF;
    END IF;
    INSERT INTO core.agg_part (task_no, bucket, job_no, sealed, count, checksum, t_min, t_max)
    VALUES (t.task_no, v_want.bucket, j.job_no, decode(v_part ->> 'sealed_share', 'base64'), v_want.n, v_want.checksum, (v_part ->> 't_min')::bigint, (v_part ->> 't_max')::bigint);
    v_n := v_n + 1;
  END LOOP;
  IF v_n <> jsonb_array_length(coalesce(p_parts, '[]')) THEN
    PERFORM core.job_fail('INTERNAL', 'a sum of no accepted report');
  END IF;
END $$;
