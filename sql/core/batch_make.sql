-- batch_make(task, bucket): one aggregation job of reports that wait there, the oldest first, of
-- fixed_size as many as its batch has room for; false: others are at all of them.  However
-- large they are, a job has no more bytes than a helper takes in a request (32 MiB, of which a
-- report makes less than it has itself) and a runner holds, and, since reports above 4,096 bytes
-- lie in segments, no more files than a job may have; but one report at least.
-- The caller holds core.agg_share.
CREATE FUNCTION core.batch_make(p_task int, p_bucket bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_max   constant bigint := core.setting_int('agg_job_max');
  v_bytes constant bigint := core.setting_int('agg_job_bytes');
  c_bytes constant bigint := 25165824;
  c_files constant bigint := 250;
  v_now   constant timestamptz := clock_timestamp();
  v_room  bigint := 1000;
  v_job   bigint;
  v_bucket bytea := core.agg_bucket_of(p_bucket);
  b core.agg_batch;
  v_ids uuid[];
  v_since timestamptz;
BEGIN
  IF (SELECT t.mode FROM core.agg_task t WHERE t.task_no = p_task) = 2 THEN
    b := core.batch_fill(p_task, p_bucket);
    v_room := least(v_room, core.batch_room(b));
    v_bucket := b.batch_id;
  END IF;
  WITH held AS MATERIALIZED (
    SELECT x.ctid AS at_, x.at, x.report_id, x.length FROM core.agg_stored x
     WHERE x.task_no = p_task AND x.bucket = p_bucket AND x.at <= v_now
     ORDER BY x.at LIMIT v_room FOR UPDATE SKIP LOCKED),
  pick AS MATERIALIZED (
    SELECT y.at_, y.report_id
      FROM (SELECT h.*, row_number() OVER o AS n, sum(h.length) OVER o AS size, count(*) FILTER (WHERE h.length > 4096) OVER o AS files FROM held h WINDOW o AS (ORDER BY h.at, h.report_id ROWS UNBOUNDED PRECEDING)) y
     WHERE y.n = 1 OR (y.n <= v_max OR y.size <= v_bytes) AND y.size <= c_bytes AND y.files <= c_files),
  gone AS (
    DELETE FROM core.agg_stored x WHERE x.ctid = ANY (ARRAY(SELECT p.at_ FROM pick p)) RETURNING x.report_id, coalesce(x.since, x.at) AS since)
  SELECT array_agg(g.report_id ORDER BY g.report_id), min(g.since) INTO v_ids, v_since FROM gone g;
  IF v_ids IS NULL THEN
    RETURN false;
  END IF;
  INSERT INTO core.agg_bucket (task_no, bucket) VALUES (p_task, v_bucket) ON CONFLICT DO NOTHING;
  v_job := nextval(pg_get_serial_sequence('core.agg_job', 'job_no'));
  INSERT INTO core.agg_job (job_no, task_no, job_id, bucket, reports, n, since, queue_id) OVERRIDING SYSTEM VALUE
  VALUES (v_job, p_task, encode(substr(core.random32(), 1, 16), 'hex')::uuid, v_bucket, v_ids, cardinality(v_ids), v_since,
          core.enqueue(201::smallint, 0, jsonb_build_object('task_no', p_task, 'job_no', v_job)));
  IF b.batch_no IS NOT NULL THEN
    PERFORM core.batch_took(b, cardinality(v_ids));
  END IF;
  RETURN true;
END $$;
