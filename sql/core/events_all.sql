-- events_all(caller, {after}): the phases of all computations of the caller from
-- after on, at most 32; without after: from now on.  Transactions commit in another
-- order than they number their rows, so only rows of transactions older than all
-- that still run are told: no row can appear before one that was told.  A
-- place of a node with higher numbers (a restored copy) is taken as now.
CREATE FUNCTION core.events_all(c core.caller, r jsonb)
RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_ready constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_xid xid8 := coalesce(split_part(r ->> 'after', '.', 1), v_ready::text)::xid8;
  v_pos bigint := coalesce(nullif(split_part(r ->> 'after', '.', 2), ''), '0')::bigint;
  v_events jsonb := '[]';
  v_held boolean;
  p core.phase;
  m core.computation;
BEGIN
  IF r ->> 'after' IS NULL OR v_xid > v_ready THEN
    v_xid := v_ready;
    v_pos := 0;
    v_events := jsonb_build_array(jsonb_build_object('id', v_xid || '.0'));
  END IF;
  FOR p IN
    SELECT x.* FROM core.phase x
     WHERE x.principal = c.id AND (x.xid, x.pos) > (v_xid, v_pos) AND x.xid < v_ready
     ORDER BY x.xid, x.pos LIMIT 32
  LOOP
    v_xid := p.xid;
    v_pos := p.pos;
    SELECT * INTO m FROM core.computation y WHERE y.job_id = p.job_id;
    v_events := v_events || jsonb_build_array(jsonb_build_object('id', core.phase_id(p), 'event', 'phase',
      'data', core.phase_json(p, m, 'consumer')));
  END LOOP;
  v_held := EXISTS (SELECT FROM core.phase x WHERE x.principal = c.id AND x.xid >= v_ready);
  RETURN core.ok(200, v_events, jsonb_build_object('after', v_xid || '.' || v_pos, 'final', false, 'follow', true, 'held', v_held,
    'more', jsonb_array_length(v_events) >= 32, 'wait_id', core.follow_id(c.id), 'rate', c.rate));
END $$;
