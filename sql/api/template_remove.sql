-- template_remove(auth, {task}): nobody runs it any more; jobs that came by it go on.
CREATE FUNCTION api.template_remove(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  v_sha bytea;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  DELETE FROM core.template t WHERE t.owner = c.id AND t.task = p_req ->> 'task' RETURNING t.sha256 INTO v_sha;
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'no such template');
  END IF;
  PERFORM core.blob_loosen(ARRAY[v_sha]);
  PERFORM core.event_add(c.public_id, 'template.removed', 'template:' || (p_req ->> 'task'));
  RETURN core.ok(204);
END $$;
