-- compute_judge(calls): calls in their order: those that may run get script,
-- plan and names, the others their refusal.  Places under the quota and runs of a
-- lease go to the first that ask.  Takes the rows of the leases and reserves runs.
CREATE FUNCTION core.compute_judge(p core.compute_call[])
RETURNS core.compute_call[] LANGUAGE plpgsql AS $$
DECLARE
  l record;
  v_serial bigint;
BEGIN
  FOR v_try IN 1 .. 2 LOOP    -- again when a lease changed between judgement and lock
    p := core.compute_plans(p);
    l := core.leases_hold(p);
    EXIT WHEN array_position(l.lefts, NULL) IS NULL;
    FOR i IN 1 .. cardinality(p) LOOP
      v_serial := ((p[i]).plan).serial;
      IF v_try = 1 AND l.lefts[array_position(l.serials, v_serial)] IS NULL THEN
        p[i].plan := NULL;
      END IF;
    END LOOP;
  END LOOP;
  RETURN core.compute_allot(p, l.serials, l.lefts);
END $$;
