-- batch_step(job, spec): kind dap.batch: aggregation jobs of what waits; at most 20 a step. NULL: call
-- again.  Any number of these may run at once.
CREATE FUNCTION core.batch_step(p_job uuid, p_spec jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  v_task int := -1;
  v_place bigint := 0;
  v_made int := 0;
BEGIN
  LOOP
    SELECT d.task, d.place INTO v_task, v_place FROM core.batch_due(v_task, v_place) d;
    EXIT WHEN v_task IS NULL;
    PERFORM core.agg_share(v_task);
    IF core.batch_make(v_task, v_place) THEN
      v_made := v_made + 1;
      v_place := v_place - 1;           -- and once more, if enough are left
    END IF;
    EXIT WHEN v_made >= 20;
  END LOOP;
  IF v_made > 0 THEN
    PERFORM core.ring(9::smallint);
  END IF;
  RETURN CASE WHEN v_made < 20 THEN '{"state": "completed", "started": true}'::jsonb END;
END $$;
