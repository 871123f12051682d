-- compute_withhold(auth, {id, reason}): an owner refuses the output for good; the
-- reason is what the consumer reads.  Again is harmless.
CREATE FUNCTION api.compute_withhold(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  o record;
  m core.computation;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO o FROM core.release_open(c, p_req);
  IF (o.refusal).err IS NOT NULL THEN
    RETURN o.refusal;
  END IF;
  m := o.m;
  IF m.release_state = 'withheld' THEN
    RETURN core.ok(200, core.compute_body(m, 'owner'));
  END IF;
  IF m.release_state <> 'staged' THEN
    RETURN core.refuse('CONFLICT', 'nothing waits for release');
  END IF;
  m := core.job_owner_decide(m, c.id, 'withhold');
  UPDATE core.artifact a SET release_state = 'withheld' WHERE a.job_id = m.job_id AND a.release_state = 'staged';
  UPDATE core.computation x
     SET release_state = 'withheld', release_code = 'OUTPUT_WITHHELD', release_note = p_req ->> 'reason', updated_at = clock_timestamp()
   WHERE x.job_id = m.job_id RETURNING * INTO m;
  PERFORM core.phase_note(ARRAY[m.job_id]);
  PERFORM core.event_add(c.public_id, 'output.withheld', core.comp_id(m.public_id));
  RETURN core.ok(200, core.compute_body(m, 'owner'), jsonb_build_object('announce', jsonb_build_array(m.job_id)));
END $$;
