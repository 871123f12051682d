-- agg_make(lease, outcome): the writes of a run that completed or waits, in their order.
-- No batch of the task is closed meanwhile, and nothing is written of one that is over.
CREATE FUNCTION core.agg_make(l core.lease, p_outcome jsonb) RETURNS void LANGUAGE plpgsql VOLATILE
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  s constant core.agg_subject := core.agg_subject_of(l);
  w jsonb;
BEGIN
  PERFORM core.job_files_keep(p_outcome -> 'files');
  IF s.collection IS NOT NULL OR s.served IS NOT NULL THEN
    PERFORM core.agg_alone(s.task_no);
  ELSIF s.task_no IS NOT NULL THEN
    PERFORM core.agg_share(s.task_no);
  END IF;
  IF EXISTS (SELECT FROM core.agg_task t WHERE t.task_no = s.task_no AND core.agg_over(t)) THEN
    PERFORM core.job_fail('CANCELLED', 'the task is over');
  END IF;
  FOR w IN SELECT x FROM jsonb_array_elements(coalesce(p_outcome #> '{result,writes}', '[]')) x LOOP
    PERFORM FROM core.job_op o, core.kind k WHERE o.op = w ->> 'op' AND k.id = l.kind AND k.name ~ o.kinds;
    IF NOT FOUND THEN
      PERFORM core.job_fail('INTERNAL', NULL);
    END IF;
    EXECUTE format('SELECT core.%I($1, $2, $3)', 'write_' || (w ->> 'op')) USING s, l.token, w;
  END LOOP;
END $$;
