-- compute_turn(calls): the answers of calls of known callers: the first one
-- under a known Idempotency-Key, a refusal, or 202 for a computation that is now
-- queued.  Keys differ within one turn.
CREATE FUNCTION core.compute_turn(p core.compute_call[])
RETURNS core.compute_call[] LANGUAGE plpgsql AS $$
DECLARE
  v_go core.compute_call[] := '{}';     -- admitted
  v_n int;
  r record;
BEGIN
  FOR r IN
    SELECT i, d.first FROM generate_subscripts(p, 1) i
     CROSS JOIN LATERAL (    -- OFFSET 0: one probe a call, whatever the planner knows of the table
       SELECT x AS first FROM core.idem x
        WHERE x.principal = (p[i]).principal AND x.route = 'compute_submit' AND x.key = (p[i]).req ->> 'idem_key' OFFSET 0) d
  LOOP
    p[r.i].answer := core.idem_answer(r.first, (p[r.i]).req);
  END LOOP;
  p := core.compute_judge(p);
  FOR i IN 1 .. cardinality(p) LOOP
    CONTINUE WHEN core.decided((p[i]).answer);
    v_go := v_go || p[i];
    p[i].answer := core.ok(202, jsonb_build_object('computation_id', (p[i]).comp),
        jsonb_build_object('ring', 1, 'location', '/api/v1/privacy/results/' || (p[i]).comp, 'rate', (p[i]).rate));
  END LOOP;
  IF cardinality(v_go) > 0 THEN
    v_n := core.compute_enqueue(v_go);
    INSERT INTO core.idem (principal, route, key, digest, job_id, status, body)
    SELECT u.principal, 'compute_submit', u.req ->> 'idem_key', decode(u.req ->> 'idem_digest', 'hex'), u.job, 202,
           jsonb_build_object('computation_id', u.comp)
      FROM unnest(v_go) u WHERE u.req ->> 'idem_key' IS NOT NULL;
  END IF;
  RETURN p;
END $$;
