-- log_get(auth, {id, stream}): what the script wrote: for an owner of its inputs
-- once it ended, for its consumer once released.
CREATE FUNCTION api.log_get(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  f record;
  a core.artifact;
  v_stream text := coalesce(p_req ->> 'stream', 'combined');
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO f FROM core.compute_find(c, (p_req ->> 'id')::uuid);
  IF f.view IS NULL THEN
    RETURN core.compute_unknown();
  END IF;
  IF f.view = 'state' THEN
    RETURN core.refuse('FORBIDDEN', 'logs are for the consumer and the owners of its inputs');
  END IF;
  SELECT * INTO a FROM core.artifact x
   WHERE x.job_id = (f.m).job_id AND x.class = v_stream AND v_stream IN ('stdout', 'stderr', 'combined')
     AND (f.view = 'owner' OR x.release_state = 'released');
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'there is no such log to read');
  END IF;
  PERFORM core.event_add(c.public_id, 'log.read', core.comp_id((f.m).public_id), jsonb_build_object('stream', v_stream));
  RETURN core.artifact_answer(a, v_stream || '.txt');
END $$;
