-- events_of(caller, {id, after}): the phases of one computation from the one after
-- number after on, at most 32, and its end once it is final and all were told.
CREATE FUNCTION core.events_of(c core.caller, r jsonb)
RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  f record := core.compute_find(c, (r ->> 'id')::uuid);
  v_after int := coalesce(r ->> 'after', '0')::int;
  v_events jsonb := '[]';
  v_more boolean := false;
  v_status text;
  p core.phase;
BEGIN
  IF f.view IS NULL THEN
    RETURN core.compute_unknown();
  END IF;
  FOR p IN
    SELECT x.* FROM core.phase x WHERE x.job_id = (f.m).job_id AND x.seq > v_after ORDER BY x.seq LIMIT 32
  LOOP
    v_after := p.seq;
    v_events := v_events || jsonb_build_array(jsonb_build_object('id', p.seq::text, 'event', 'phase',
      'data', core.phase_json(p, f.m, f.view)));
  END LOOP;
  v_more := jsonb_array_length(v_events) = 32;
  IF NOT v_more THEN
    SELECT x.* INTO p FROM core.phase x WHERE x.job_id = (f.m).job_id ORDER BY x.seq DESC LIMIT 1;
    v_status := CASE WHEN p.seq <= v_after THEN p.status END;
  END IF;
  IF v_status <> 'pending' THEN
    v_events := v_events || jsonb_build_array(jsonb_build_object('event', 'end',
      'data', jsonb_build_object('computation_id', core.comp_id((f.m).public_id), 'status', v_status, 'phase', p.phase)));
  END IF;
  RETURN core.ok(200, v_events, jsonb_build_object('after', v_after::text, 'more', v_more,
    'final', coalesce(v_status <> 'pending', false), 'wait_id', (f.m).job_id, 'rate', c.rate));
END $$;
