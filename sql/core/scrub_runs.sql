-- scrub_runs(): of a task that is over, what runs ends and what waits goes, so that from then on nothing
-- adds to what it has; how much went, 0: there is no such task.  Locks: the leases, then the task.
CREATE FUNCTION core.scrub_runs() RETURNS bigint LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off AS $$
DECLARE
  t core.agg_task;
  v_runs uuid[];
  v_n bigint;
BEGIN
  SELECT x.* INTO t FROM core.agg_task x WHERE x.over IS NULL AND core.agg_over(x) ORDER BY x.task_no LIMIT 1;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  v_runs := core.agg_queued(t.task_no, 200);
  PERFORM core.job_final(q, 'cancelled', 'CANCELLED') FROM unnest(v_runs) q;
  PERFORM core.agg_alone(t.task_no);
  UPDATE core.agg_job x SET state = 'deleted' WHERE x.queue_id = ANY (v_runs) AND x.state IN ('new', 'sent');
  UPDATE core.agg_collection x SET state = 'failed' WHERE x.queue_id = ANY (v_runs) AND x.state IN ('waiting', 'closing');
  UPDATE core.agg_served x SET state = 'failed' WHERE x.queue_id = ANY (v_runs) AND x.state = 'running';
  DELETE FROM core.agg_stored x WHERE x.ctid = ANY (ARRAY(SELECT y.ctid FROM core.agg_stored y WHERE y.task_no = t.task_no LIMIT 5000));
  GET DIAGNOSTICS v_n = ROW_COUNT;
  v_n := v_n + cardinality(v_runs);
  UPDATE core.agg_task x SET over = 'stopped' WHERE x.task_no = t.task_no AND v_n = 0 AND core.agg_queued(t.task_no, 1) = '{}';
  RETURN v_n + 1;
END $$;
