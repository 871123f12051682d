-- log_get(auth, {id, stream, from}): what the script wrote: for an owner of its
-- inputs at any time, while it runs from byte from on; for its consumer once
-- released.  A consumer who owns all that the job reads is such an owner.
CREATE FUNCTION api.log_get(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  f record;
  a core.artifact;
  v_stream text := coalesce(p_req ->> 'stream', 'combined');
  v_owner boolean;
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
  v_owner := f.view = 'owner' OR NOT EXISTS (SELECT FROM core.job_owners(f.m) o WHERE o.owner <> c.id);
  IF v_owner AND (f.m).finished_at IS NULL THEN
    IF p_auth ->> 'reread' IS NULL AND coalesce(p_req ->> 'from', '0') = '0' THEN
      PERFORM core.event_add(c.public_id, 'log.read', core.comp_id((f.m).public_id), jsonb_build_object('stream', v_stream, 'live', true));
    END IF;
    RETURN core.log_live(f.m, array_position('{stdout,stderr,combined}', v_stream)::smallint - 1::smallint, coalesce((p_req ->> 'from')::bigint, 0));
  END IF;
  SELECT * INTO a FROM core.artifact x
   WHERE x.job_id = (f.m).job_id AND x.class = v_stream AND v_stream IN ('stdout', 'stderr', 'combined')
     AND (v_owner OR x.release_state = 'released');
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'there is no such log to read');
  END IF;
  PERFORM core.event_add(c.public_id, 'log.read', core.comp_id((f.m).public_id), jsonb_build_object('stream', v_stream));
  RETURN core.artifact_answer(a, v_stream || '.txt');
END $$;
