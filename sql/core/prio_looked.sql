-- prio_looked(job, waits, error, batches, state_id): a look at a run has ended, with what it said of
-- its batches: keeps that, and makes the next look when the run waits.  error: why it
-- failed, or what a run that waits could not do.  state_id: of the folder that it looked
-- in, where all looks after it are to be; NULL: it came to none.
-- A look that another one overtook (next_job is not this job, and open) makes no third.
CREATE FUNCTION core.prio_looked(p_job uuid, p_waits boolean, p_error text, p_batches jsonb, p_state_id text DEFAULT NULL) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  s constant jsonb := (SELECT j.spec FROM core.job j WHERE j.id = p_job);
  v_config constant text := s ->> 'config';
  v_date   constant text := coalesce(s ->> 'date', '');
  v_now    constant timestamptz := clock_timestamp();
  v_moved  boolean;
  x core.prio_run;
BEGIN
  INSERT INTO core.prio_run (config, date, state, job, began_at, looked_at)
  VALUES (v_config, v_date, 'done', p_job, v_now, v_now)
  ON CONFLICT (config, date) DO UPDATE SET looked_at = v_now
  RETURNING * INTO x;
  v_moved := EXISTS (SELECT FROM jsonb_array_elements(p_batches) b LEFT JOIN core.prio_part p
                      ON p.config = v_config AND p.date = v_date AND p.batch_id = b ->> 'batch_id'
                     WHERE (p.state, p.stage) IS DISTINCT FROM (b ->> 'state', b ->> 'stage'));
  IF x.state <> 'waiting_peer' OR v_moved THEN   -- begun, begun again, or further than before: the peer has its time anew
    x.began_at := v_now;
    x.tries := 0;
  END IF;
  IF x.state <> 'waiting_peer' THEN
    x.next_job := NULL;
  END IF;
  x.state := CASE WHEN p_waits THEN 'waiting_peer' WHEN p_error IS NULL THEN 'done' ELSE 'failed' END;
  x.error := left(p_error, 500);
  IF p_waits AND (x.next_job IS NULL OR x.next_job = p_job OR
                  NOT EXISTS (SELECT FROM core.job_state(x.next_job) j WHERE j.state IN ('queued', 'later', 'running'))) THEN
    x.tries := x.tries + 1;
    x.next_job := core.prio_next(jsonb_strip_nulls(jsonb_build_object('state_id', p_state_id)) || s, x.tries, x.began_at);
    IF x.next_job IS NULL THEN
      x.state := 'failed';
      x.error := coalesce(x.error, 'the peer was not ready in time');
    END IF;
  ELSIF NOT p_waits THEN
    x.next_job := NULL;
  END IF;
  UPDATE core.prio_run p SET state = x.state, error = x.error, tries = x.tries, job = p_job, next_job = x.next_job, began_at = x.began_at
   WHERE p.config = v_config AND p.date = v_date;
  INSERT INTO core.prio_part (config, date, batch_id, run, state, stage, waits_for, result, error, outcomes)
  SELECT v_config, v_date, b ->> 'batch_id', b ->> 'run', b ->> 'state', b ->> 'stage', b ->> 'waits_for', b ->> 'result', left(b ->> 'error', 500),
         b - '{batch_id,run,state,stage,waits_for,result,error,already}'::text[]
    FROM jsonb_array_elements(p_batches) b
  ON CONFLICT (config, date, batch_id) DO UPDATE
     SET run = EXCLUDED.run, state = EXCLUDED.state, stage = EXCLUDED.stage, waits_for = EXCLUDED.waits_for, result = EXCLUDED.result,
         error = EXCLUDED.error, outcomes = EXCLUDED.outcomes;
  IF x.state = 'failed' THEN             -- nobody looks again
    UPDATE core.prio_part p SET state = 'failed' WHERE p.config = v_config AND p.date = v_date AND p.state = 'waiting_peer';
  END IF;
END $$;
