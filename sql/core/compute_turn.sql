-- compute_turn(callers, auths, requests): the answers of calls of known
-- callers: the first one under a known key, a refusal, or 202 for a computation
-- that is now queued.  Keys differ within one turn.
CREATE FUNCTION core.compute_turn(c core.caller[], p_auths jsonb[], p_reqs jsonb[])
RETURNS core.answer[] LANGUAGE plpgsql AS $$
DECLARE
  v_ids int[] := ARRAY(SELECT x.id FROM unnest(c) x);
  v_answers core.answer[] := core.compute_known(v_ids, p_auths, p_reqs);
  j constant record := core.compute_judge(v_ids, ARRAY(SELECT x.room FROM unnest(c) x), p_reqs, v_answers);
  v_shapes int[] := j.shapes;
  v_scripts bytea[] := j.scripts;
  v_told core.answer[];
  v_go int[];                 -- calls that are admitted, when not all of them are
BEGIN
  IF cardinality(v_answers) > 0 OR cardinality(j.refusals) > 0 THEN
    v_go := '{}';
    FOR i IN 1 .. cardinality(p_reqs) LOOP
      IF (j.refusals[i]).err IS NOT NULL THEN
        v_answers[i] := j.refusals[i];
      ELSIF (v_answers[i]).err IS NULL AND (v_answers[i]).status IS NULL THEN
        v_go := v_go || i;
      END IF;
    END LOOP;
    IF v_go = '{}' THEN
      RETURN v_answers;
    END IF;
    c := ARRAY(SELECT c[i] FROM unnest(v_go) i);
    v_ids := ARRAY(SELECT v_ids[i] FROM unnest(v_go) i);
    p_reqs := ARRAY(SELECT p_reqs[i] FROM unnest(v_go) i);
    v_shapes := ARRAY(SELECT v_shapes[i] FROM unnest(v_go) i);
    v_scripts := ARRAY(SELECT v_scripts[i] FROM unnest(v_go) i);
  END IF;
  v_told := ARRAY(
    SELECT core.ok(202, jsonb_build_object('computation_id', x.comp),
                   jsonb_build_object('ring', CASE x.script WHEN '' THEN 4 ELSE 1 END, 'location', '/api/v1/privacy/results/' || x.comp, 'rate', x.rate))
      FROM ROWS FROM (unnest(core.compute_enqueue(j.plans, v_ids, p_reqs, v_shapes, v_scripts, ARRAY(SELECT y.public_id FROM unnest(c) y))),
                      unnest(v_scripts), unnest(c)) x (comp, script, id, public_id, roles, token, room, rate, refusal));
  IF v_go IS NULL THEN
    RETURN v_told;
  END IF;
  FOR k IN 1 .. cardinality(v_go) LOOP
    v_answers[v_go[k]] := v_told[k];
  END LOOP;
  RETURN v_answers;
END $$;
