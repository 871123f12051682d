-- compute_release(auth, {id}): an owner lets held output go; it does when every
-- owner has.  Entitlement is asked once more, as of the job's end; a revocation
-- always bites.  Again is harmless.
CREATE FUNCTION api.compute_release(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  o record;
  m core.computation;
  v_code text;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO o FROM core.release_open(c, p_req);
  IF (o.refusal).err IS NOT NULL THEN
    RETURN o.refusal;
  END IF;
  m := o.m;
  IF m.release_state = 'released' THEN
    RETURN core.ok(200, core.compute_body(m, 'owner'));
  END IF;
  IF m.release_state <> 'staged' THEN
    RETURN core.refuse('CONFLICT', 'nothing waits for release');
  END IF;
  v_code := core.entitled(m.serial, m.principal, m.assets, true, m.finished_at);
  IF v_code IS NOT NULL THEN
    RETURN core.refuse('FORBIDDEN', 'release refused: ' || v_code);
  END IF;
  m := core.job_owner_decide(m, c.id, 'release');
  PERFORM FROM core.job_owners(m) x WHERE x.decision IS DISTINCT FROM 'release';
  IF NOT FOUND THEN
    UPDATE core.artifact a SET release_state = 'released' WHERE a.job_id = m.job_id AND a.release_state = 'staged';
    UPDATE core.computation x SET release_state = 'released', updated_at = clock_timestamp() WHERE x.job_id = m.job_id RETURNING * INTO m;
    PERFORM core.release_tally(m.job_id);
    PERFORM core.phase_note(ARRAY[m.job_id]);
  END IF;
  PERFORM core.event_add(c.public_id, 'output.released', core.comp_id(m.public_id), jsonb_build_object('release', m.release_state));
  RETURN core.ok(200, core.compute_body(m, 'owner'), jsonb_build_object('announce', jsonb_build_array(m.job_id)));
END $$;
