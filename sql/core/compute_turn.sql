-- compute_turn(callers, requests, retries): the answers of calls of known
-- callers: the first one under a known key, a refusal, or 202 for a computation
-- that is now queued.  Keys differ within one turn.
CREATE FUNCTION core.compute_turn(c core.caller[], p_reqs jsonb[], p_retries boolean[])
RETURNS core.answer[] LANGUAGE plpgsql AS $$
DECLARE
  v_ids constant int[] := ARRAY(SELECT x.id FROM unnest(c) x);
  v_answers core.answer[] := core.compute_known(v_ids, p_reqs, p_retries);
  v_go int[] := '{}';         -- calls that are admitted
  v_comps text[];
  v_n int := 0;
  j record;
BEGIN
  j := core.compute_judge(v_ids, ARRAY(SELECT x.room FROM unnest(c) x), p_reqs, v_answers);
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
  v_comps := core.compute_enqueue(j.plans, ARRAY(SELECT v_ids[i] FROM unnest(v_go) i), ARRAY(SELECT p_reqs[i] FROM unnest(v_go) i),
      ARRAY(SELECT j.shapes[i] FROM unnest(v_go) i), ARRAY(SELECT j.scripts[i] FROM unnest(v_go) i),
      ARRAY(SELECT c[i].public_id FROM unnest(v_go) i));
  FOR k IN 1 .. cardinality(v_go) LOOP
    v_answers[v_go[k]] := core.ok(202, jsonb_build_object('computation_id', v_comps[k]),
        jsonb_build_object('ring', CASE j.scripts[v_go[k]] WHEN '' THEN 4 ELSE 1 END, 'location', '/api/v1/privacy/results/' || v_comps[k], 'rate', (c[v_go[k]]).rate));
  END LOOP;
  RETURN v_answers;
END $$;
