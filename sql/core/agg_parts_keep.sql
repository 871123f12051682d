-- agg_parts_keep(task, job, parts, ids, words, buckets): the sums of a job, one for each bucket that it
-- accepted reports of; each must have the count and checksum of its reports.  A helper's batch that has
-- a most is filled by one transaction at a time: its bucket's row is locked, in their order.
-- A job may have as many buckets as reports, so each list is read once, and both are compared in order.
CREATE FUNCTION core.agg_parts_keep(t core.agg_task, j core.agg_job, p_parts jsonb, p_ids uuid[], p_words text[], p_buckets bytea[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_want record;
  v_have record;
BEGIN
  SELECT array_agg(x.bucket ORDER BY x.bucket) AS buckets, array_agg(x.n ORDER BY x.bucket) AS counts, array_agg(x.checksum ORDER BY x.bucket) AS checksums INTO v_want
    FROM (SELECT u.bucket, count(*) AS n, bit_xor(core.bits256(sha256(uuid_send(u.id)))) AS checksum
            FROM unnest(p_ids, p_words, p_buckets) u(id, word, bucket) WHERE u.word = 'accepted' GROUP BY u.bucket) x;
  SELECT array_agg(x.at ORDER BY x.at) AS buckets, array_agg(x.count ORDER BY x.at) AS counts, array_agg(core.bits256(decode(x.checksum, 'hex')) ORDER BY x.at) AS checksums,
         array_agg(decode(x.sealed_share, 'base64') ORDER BY x.at) AS shares, array_agg(x.t_min ORDER BY x.at) AS firsts, array_agg(x.t_max ORDER BY x.at) AS lasts INTO v_have
    FROM (SELECT decode(p.bucket, 'base64') AS at, p.*
            FROM jsonb_to_recordset(p_parts) p(bucket text, sealed_share text, count bigint, checksum text, t_min bigint, t_max bigint)) x;
  IF (v_want.buckets, v_want.counts, v_want.checksums) IS DISTINCT FROM (v_have.buckets, v_have.counts, v_have.checksums)
     OR array_position(v_have.shares, NULL) IS NOT NULL
     OR EXISTS (SELECT FROM unnest(v_want.buckets) b(bucket) WHERE j.bucket <> b.bucket OR t.mode = 1 AND core.agg_bucket_first(b.bucket) % t.precision_s <> 0) THEN
    PERFORM core.job_fail('INTERNAL', 'the sums are not those of the accepted reports');
  END IF;
  IF t.role = 'helper' AND EXISTS (SELECT FROM unnest(v_want.buckets) b(bucket) WHERE core.agg_bucket_closed(t, b.bucket)) THEN
    PERFORM core.job_clash();
  END IF;
  INSERT INTO core.agg_bucket (task_no, bucket) SELECT t.task_no, b.bucket FROM unnest(v_want.buckets) b(bucket) ORDER BY b.bucket ON CONFLICT DO NOTHING;
  IF t.role = 'helper' AND core.agg_count_max(t) IS NOT NULL THEN
    PERFORM FROM core.agg_bucket b WHERE b.task_no = t.task_no AND b.bucket = ANY (v_want.buckets) ORDER BY b.bucket FOR UPDATE;
    IF EXISTS (SELECT FROM unnest(v_want.buckets, v_want.counts) b(bucket, n) WHERE b.n > core.agg_bucket_room(t, b.bucket)) THEN
      PERFORM core.job_clash();
    END IF;
  END IF;
  INSERT INTO core.agg_part (task_no, bucket, job_no, sealed, count, checksum, t_min, t_max)
  SELECT t.task_no, u.bucket, j.job_no, u.sealed, u.n, u.checksum, u.t_min, u.t_max
    FROM unnest(v_have.buckets, v_have.shares, v_have.counts, v_have.checksums, v_have.firsts, v_have.lasts) u(bucket, sealed, n, checksum, t_min, t_max);
END $$;
