-- cred_events(caller, {id, after}): one look of who follows a credential job.
CREATE FUNCTION core.cred_events(c core.caller, r jsonb) RETURNS core.answer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  f record;
  a core.answer;
  v_events jsonb := '[]';
BEGIN
  f := core.cred_find(c, (r ->> 'id')::uuid);
  IF f.view IS NULL THEN
    RETURN core.cred_unknown();
  END IF;
  a := core.cred_answer(c, f.j, f.view, NULL);
  IF a.extra ->> 'etag' IS DISTINCT FROM r ->> 'after' THEN
    v_events := jsonb_build_array(jsonb_build_object('id', a.extra -> 'etag', 'event', 'phase', 'data', a.body - 'result'));
  END IF;
  IF a.extra -> 'final' = 'true' THEN
    v_events := v_events || jsonb_build_array(jsonb_build_object('event', 'end', 'data', jsonb_build_object('job_id', (f.j).job_id, 'state', a.body -> 'state')));
  END IF;
  RETURN core.ok(200, v_events, jsonb_build_object('after', a.extra -> 'etag', 'more', false, 'final', a.extra -> 'final', 'wait_id', (f.j).job_id, 'rate', c.rate));
END $$;
