-- compute_purge(auth, {id}): its consumer gives up a computation: an open one is
-- cancelled (200 with its state), the output of a finished one is destroyed (204).
CREATE FUNCTION api.compute_purge(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  f record;
  m core.computation;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO f FROM core.compute_find(c, (p_req ->> 'id')::uuid);
  IF f.view IS NULL THEN
    RETURN core.compute_unknown();
  END IF;
  IF f.view <> 'consumer' THEN
    RETURN core.refuse('FORBIDDEN', 'only its consumer removes a computation');
  END IF;
  IF (f.m).finished_at IS NULL THEN
    RETURN core.compute_end(c, (f.m).job_id, f.view, NULL);
  END IF;
  SELECT * INTO m FROM core.computation x WHERE x.job_id = (f.m).job_id FOR UPDATE;
  PERFORM core.compute_forget(m);
  PERFORM core.event_add(c.public_id, 'job.purged', core.comp_id(m.public_id));
  RETURN core.ok(204, NULL, jsonb_build_object('announce', jsonb_build_array(m.job_id)));
END $$;
