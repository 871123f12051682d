-- agg_query(task, request): the batch that a query or selector names, or why it names none:
-- refusal.  Of the current batch there is no batch id yet.
CREATE FUNCTION core.agg_query(t core.agg_task, r jsonb, OUT batch bytea, OUT first bigint, OUT past bigint, OUT refusal core.answer) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_start constant numeric := (r ->> 'start')::numeric * core.agg_unit(t);
  v_duration constant numeric := (r ->> 'duration')::numeric * core.agg_unit(t);
BEGIN
  IF (r ->> 'mode')::int IS DISTINCT FROM t.mode::int THEN
    refusal := core.refuse('invalidMessage', 'the batch mode is not the task''s');
  ELSIF t.mode = 2 THEN
    batch := core.b64u_read(r ->> 'batch_id');
  ELSIF v_start % t.precision_s <> 0 OR v_duration % t.precision_s <> 0 OR v_duration < t.precision_s OR v_start + v_duration > 4611686018427387904 THEN
    refusal := core.refuse('batchInvalid', 'the interval is not one of whole steps of the task''s precision');
  ELSE
    first := v_start;
    past := v_start + v_duration;
  END IF;
END $$;
