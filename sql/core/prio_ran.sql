-- prio_ran(job, result): what a look at a run found, in the transaction that ends its
-- job.  result: {"exit": of darkroom prio run, "answer": what it printed or null, "why"}.
-- A run that waits for some batches says nothing yet of those that failed: their rows do.
CREATE FUNCTION core.prio_ran(p_job uuid, r jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_said    constant boolean := jsonb_typeof(r #> '{answer,batches}') IS NOT DISTINCT FROM 'array';
  v_batches constant jsonb := CASE WHEN v_said THEN r #> '{answer,batches}' ELSE '[]' END;
  v_waits   constant boolean := core.prio_waits(r);
BEGIN
  PERFORM core.prio_looked(p_job, v_waits,
    CASE WHEN (r ->> 'exit')::int <> 0 AND NOT (v_said AND v_waits) THEN
      coalesce((SELECT b ->> 'error' FROM jsonb_array_elements(v_batches) b WHERE b ->> 'state' = 'failed' LIMIT 1),
               nullif(r ->> 'why', ''), 'exit ' || (r ->> 'exit')) END,
    v_batches, r #>> '{answer,state_id}');
END $$;
