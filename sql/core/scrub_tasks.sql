-- scrub_tasks(): what a task still has that is over and has no reports any more goes, a few rows a call, and at last the
-- task; 0: there is no such task.
CREATE FUNCTION core.scrub_tasks() RETURNS bigint LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off AS $$
DECLARE
  t core.agg_task;
  v record;
  v_shas bytea[];
  v_n bigint;
BEGIN
  SELECT x.* INTO t FROM core.agg_task x WHERE x.over = 'emptied' ORDER BY x.task_no LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  -- parts may have a sealed share of megabytes; a collection is referred to by those that came after it
  FOR v IN SELECT * FROM (VALUES ('agg_part', 100, ''), ('agg_collection', 500, 'ORDER BY y.collection_no DESC'), ('agg_served', 500, ''), ('agg_bucket', 2000, ''),
                                 ('agg_batch', 2000, ''), ('agg_span', 2000, ''), ('agg_counter', 2000, ''), ('agg_peer', 1, '')) x(name, most, sort) LOOP
    EXECUTE format('DELETE FROM core.%I x WHERE x.ctid = ANY (ARRAY(SELECT y.ctid FROM core.%1$I y WHERE y.task_no = $1 %s LIMIT $2))', v.name, v.sort) USING t.task_no, v.most;
    GET DIAGNOSTICS v_n = ROW_COUNT;
    IF v_n = v.most THEN
      RETURN v_n;
    END IF;
  END LOOP;
  WITH gone AS (
    DELETE FROM core.agg_job x WHERE x.ctid = ANY (ARRAY(SELECT y.ctid FROM core.agg_job y WHERE y.task_no = t.task_no LIMIT 1000)) RETURNING x.request, x.response)
  SELECT count(*), array_agg(g.request) || array_agg(g.response) INTO v_n, v_shas FROM gone g;
  PERFORM core.blob_loosen(array_remove(v_shas, NULL));
  IF v_n > 0 THEN
    RETURN v_n;
  END IF;
  DELETE FROM core.agg_task x WHERE x.task_no = t.task_no;
  PERFORM core.event_add('node', 'task.scrubbed', 'task:' || core.b64u(t.task_id));
  RETURN 1;
END $$;
