-- artifact_get(auth, {id, name}): one released artifact, for its consumer alone.
CREATE FUNCTION api.artifact_get(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  f record;
  a core.artifact;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO f FROM core.compute_find(c, (p_req ->> 'id')::uuid);
  IF f.view IS NULL THEN
    RETURN core.compute_unknown();
  END IF;
  IF f.view <> 'consumer' THEN
    RETURN core.refuse('FORBIDDEN', 'artifacts are for the consumer of the job');
  END IF;
  SELECT * INTO a FROM core.artifact x
   WHERE x.job_id = (f.m).job_id AND x.class = 'artifact' AND x.name = p_req ->> 'name' AND x.release_state = 'released';
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'no such artifact');
  END IF;
  PERFORM core.event_add(c.public_id, 'artifact.read', core.comp_id((f.m).public_id), jsonb_build_object('sha256', encode(a.digest, 'hex')));
  RETURN core.artifact_answer(a, a.name);
END $$;
