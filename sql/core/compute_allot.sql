-- compute_allot(principals, rooms, shapes, plans, leases, runs left, refusals):
-- places under the quota and runs of a lease (NULL: it changed again) go to the
-- first calls that ask; the refusals of the others are added to those there are.  A
-- call without a shape asks for nothing.  Runs that a lease counts are reserved.
CREATE FUNCTION core.compute_allot(p_ids int[], p_rooms int[], p_shapes int[], p_plans core.compute_plan[],
  p_serials bigint[], p_lefts int[], p_refusals core.answer[])
RETURNS core.answer[] LANGUAGE plpgsql AS $$
DECLARE
  v_refused core.answer[] ;
  v_at int[];
  v_lefts int[] := p_lefts;
  v_whose int[] := '{}';      -- principals, and what room each of them has
  v_rooms int[] := '{}';
  w int := 0;
  k int;
BEGIN
  IF 0 < ALL (p_rooms) AND 1000000000 < ALL (p_lefts) AND array_position(p_shapes, NULL) IS NULL
     AND NOT EXISTS (SELECT FROM unnest(p_plans) u WHERE u.serial IS NULL) THEN
    RETURN p_refusals;          -- there is enough for everybody
  END IF;
  v_refused := ARRAY(SELECT u.refusal FROM unnest(p_plans) u);
  v_at := ARRAY(SELECT array_position(p_serials, u.serial) FROM unnest(p_plans) u);
  FOR i IN 1 .. cardinality(p_ids) LOOP
    CONTINUE WHEN p_shapes[i] IS NULL;
    IF (v_refused[p_shapes[i]]).err IS NOT NULL THEN
      p_refusals[i] := v_refused[p_shapes[i]];
      CONTINUE;
    END IF;
    IF v_whose[w] IS DISTINCT FROM p_ids[i] THEN
      w := coalesce(array_position(v_whose, p_ids[i]), cardinality(v_whose) + 1);
    END IF;
    IF v_whose[w] IS NULL THEN
      v_whose[w] := p_ids[i];
      v_rooms[w] := CASE WHEN p_rooms[i] > 0 THEN cardinality(p_ids) ELSE core.quota_room(p_ids[i], cardinality(p_ids)) END;
    END IF;
    k := v_at[p_shapes[i]];
    IF v_rooms[w] <= 0 THEN
      p_refusals[i] := core.refuse('QUOTA_EXCEEDED', 'too many open jobs');
    ELSIF coalesce(v_lefts[k], 0) <= 0 THEN
      p_refusals[i] := core.refuse('FORBIDDEN', 'lease refused: LEASE_USED_UP');
    ELSE
      v_rooms[w] := v_rooms[w] - 1;
      v_lefts[k] := v_lefts[k] - 1;
    END IF;
  END LOOP;
  FOR k IN 1 .. cardinality(p_serials) LOOP
    CONTINUE WHEN p_lefts[k] > 1000000000;    -- not counted
    UPDATE core.data_lease d SET runs_held = d.runs_held + p_lefts[k] - v_lefts[k]
     WHERE d.serial = p_serials[k] AND d.max_runs IS NOT NULL AND v_lefts[k] < p_lefts[k];
  END LOOP;
  RETURN p_refusals;
END $$;
