-- scrub_tasks(): a task that ended retain_s ago goes with all that it has, reports of one partition a
-- call; how many rows went.
CREATE FUNCTION core.scrub_tasks() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_now constant bigint := core.agg_now();
  t core.agg_task;
  v_queue uuid[];
  v_shas bytea[];
  v_n bigint;
BEGIN
  SELECT x.* INTO t FROM core.agg_task x
   WHERE least(x.expires_at, extract(epoch FROM x.removed_at)) + x.retain_s < v_now ORDER BY x.task_no LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  DELETE FROM core.agg_stored x WHERE x.task_no = t.task_no;
  v_n := core.scrub_partition(t.task_no, NULL);
  IF v_n > 0 THEN
    RETURN v_n;
  END IF;
  PERFORM core.job_final(q, 'cancelled', 'CANCELLED') FROM unnest(core.agg_queued(t.task_no)) q;
  v_queue := core.agg_queued(t.task_no);          -- what followed these
  SELECT array_agg(b) INTO v_shas FROM core.agg_job j CROSS JOIN LATERAL unnest(ARRAY[j.request, j.response]) b WHERE j.task_no = t.task_no AND b IS NOT NULL;
  DELETE FROM core.agg_part x WHERE x.task_no = t.task_no;
  DELETE FROM core.agg_job x WHERE x.task_no = t.task_no;
  DELETE FROM core.agg_bucket x WHERE x.task_no = t.task_no;
  DELETE FROM core.agg_batch x WHERE x.task_no = t.task_no;
  DELETE FROM core.agg_span x WHERE x.task_no = t.task_no;
  DELETE FROM core.agg_collection x WHERE x.task_no = t.task_no;
  DELETE FROM core.agg_served x WHERE x.task_no = t.task_no;
  DELETE FROM core.agg_counter x WHERE x.task_no = t.task_no;
  DELETE FROM core.agg_peer x WHERE x.task_no = t.task_no;
  DELETE FROM core.agg_task x WHERE x.task_no = t.task_no;
  PERFORM core.job_final(q, 'cancelled', 'CANCELLED') FROM unnest(v_queue) q;
  PERFORM core.blob_loosen(v_shas);
  PERFORM core.event_add('node', 'task.scrubbed', 'task:' || core.b64u(t.task_id));
  RETURN 1;
END $$;
