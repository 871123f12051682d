-- compute_judge(principals, rooms, requests, answers): for each call without an
-- answer its script (SHA-256) and its place in plans, or its refusal.  Calls of one
-- principal and shape share a plan.  Places under the quota and runs of a lease go
-- to the first that ask.  Takes the rows of the leases and reserves runs.
CREATE FUNCTION core.compute_judge(p_ids int[], p_rooms int[], p_reqs jsonb[], p_answers core.answer[],
  OUT refusals core.answer[], OUT scripts bytea[], OUT shapes int[], OUT plans core.compute_plan[])
LANGUAGE plpgsql AS $$
DECLARE
  v_ids int[] := '{}';        -- of the shapes: principal and request
  v_reqs jsonb[] := '{}';
  v_again int[];              -- shapes whose lease changed between judgement and lock
  v_shape jsonb;
  v_first int := 1;           -- the first shape of the principal at hand
  k int := 0;
  o record;
  h record;
BEGIN
  o := core.compute_own(p_ids, p_reqs, p_answers);
  scripts := o.scripts;
  refusals := '{}';
  FOR i IN 1 .. cardinality(p_reqs) LOOP
    IF o.whys[i] IS NOT NULL THEN
      refusals[i] := core.refuse('VALIDATION_ERROR', o.whys[i]);
    END IF;
    CONTINUE WHEN scripts[i] IS NULL;
    v_shape := p_reqs[i] - '{request_id,idem_key,idem_digest,job_id,public_id,comp,script,params,queue_ttl_s,label}'::text[];
    IF v_ids[k] IS DISTINCT FROM p_ids[i] THEN
      v_first := cardinality(v_ids) + 1;
      k := 0;
    END IF;
    IF k = 0 OR v_reqs[k] <> v_shape THEN
      k := coalesce(array_position(v_reqs, v_shape, v_first), cardinality(v_ids) + 1);
      v_ids[k] := p_ids[i];
      v_reqs[k] := v_shape;
    END IF;
    shapes[i] := k;
  END LOOP;
  plans := core.compute_plans(v_ids, v_reqs);
  h := core.leases_hold(plans);
  v_again := array_positions(h.changed, true);
  IF v_again <> '{}' THEN
    FOR n IN 1 .. cardinality(v_again) LOOP
      plans[v_again[n]] := (core.compute_plans(v_ids[v_again[n]:v_again[n]], v_reqs[v_again[n]:v_again[n]]))[1];
    END LOOP;
    h := core.leases_hold(plans);
  END IF;
  refusals := core.compute_allot(p_ids, p_rooms, shapes, plans, h.serials, h.lefts, refusals);
END $$;
