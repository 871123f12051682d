-- compute_end(caller, job, view, reason): cancel it in the caller's name and
-- answer with the state it has then.  The reason of an owner or operator is what
-- the consumer reads.
CREATE FUNCTION core.compute_end(c core.caller, p_job uuid, p_view text, p_reason text)
RETURNS core.answer LANGUAGE plpgsql AS $$
DECLARE
  m core.computation;
  v_body jsonb;
BEGIN
  PERFORM core.job_cancel(p_job, c.public_id, 'CANCELLED',
      jsonb_build_object('by', CASE p_view WHEN 'consumer' THEN 'you' WHEN 'owner' THEN 'owner' ELSE 'operator' END));
  UPDATE core.computation x SET release_note = p_reason, updated_at = clock_timestamp()
   WHERE x.job_id = p_job AND p_view <> 'consumer' AND p_reason <> ''
     AND EXISTS (SELECT FROM core.done d WHERE d.id = p_job AND d.state = 'cancelled' AND x.release_note IS NULL);
  SELECT * INTO m FROM core.computation x WHERE x.job_id = p_job;
  v_body := core.compute_body(m, p_view);
  RETURN core.ok(200, v_body, jsonb_build_object('rate', c.rate));
END $$;
