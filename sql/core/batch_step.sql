-- batch_step(job, spec): kind dap.batch: aggregation jobs of what waits; at most 20 a step, of at
-- most 2,000 groups that it looks at, from where the step before it left off to the last.  NULL: call
-- again.  Any number of these may run at once; they may look at the same.
CREATE FUNCTION core.batch_step(p_job uuid, p_spec jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  p core.agg_place;
  d record;
  v_most int := 2000;
  v_made int := 0;
BEGIN
  SELECT x.* INTO p FROM core.agg_place x;
  LOOP
    d := core.batch_due(v_most, p.task_no, p.bucket);
    p := (coalesce(d.task, -1), coalesce(d.place, 0));
    EXIT WHEN d.task IS NULL;
    v_most := v_most - d.looked;
    IF d.due THEN
      PERFORM core.agg_share(d.task);
      IF core.batch_make(d.task, d.place) THEN
        v_made := v_made + 1;
        p.bucket := p.bucket - 1;       -- and once more, if enough are left
      END IF;
    END IF;
    EXIT WHEN v_made >= 20 OR v_most <= 0;
  END LOOP;
  IF v_made > 0 THEN
    PERFORM core.ring(9::smallint);
  END IF;
  UPDATE core.agg_place x SET task_no = p.task_no, bucket = p.bucket
   WHERE x.ctid = (SELECT y.ctid FROM core.agg_place y WHERE (y.task_no, y.bucket) <> (p.task_no, p.bucket) FOR UPDATE SKIP LOCKED);
  RETURN CASE WHEN d.task IS NULL THEN '{"state": "completed", "started": true}'::jsonb END;
END $$;
