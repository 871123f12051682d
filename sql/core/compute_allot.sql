-- compute_allot(calls, leases, runs left): places under the quota and runs of a
-- lease (NULL: it changed again) go to the first calls that ask; those get their
-- names, the others a refusal.  Runs that a lease counts are reserved.
CREATE FUNCTION core.compute_allot(p core.compute_call[], p_serials bigint[], p_lefts int[])
RETURNS core.compute_call[] LANGUAGE plpgsql AS $$
DECLARE
  v_whose int[] := '{}';      -- principals, and what room each of them has
  v_rooms int[] := '{}';
  v_lefts int[] := p_lefts;
  w int;
  k int;
BEGIN
  FOR i IN 1 .. cardinality(p) LOOP
    CONTINUE WHEN core.decided((p[i]).answer);
    w := array_position(v_whose, (p[i]).principal);
    IF w IS NULL THEN
      w := cardinality(v_whose) + 1;
      v_whose[w] := (p[i]).principal;
      v_rooms[w] := core.quota_room((p[i]).principal, (p[i]).room, cardinality(p));
    END IF;
    k := array_position(p_serials, ((p[i]).plan).serial);
    IF v_rooms[w] <= 0 THEN
      p[i].answer := core.refuse('QUOTA_EXCEEDED', 'too many open jobs');
    ELSIF coalesce(v_lefts[k], 0) <= 0 THEN
      p[i].answer := core.refuse('FORBIDDEN', 'lease refused: LEASE_USED_UP');
    ELSE
      v_rooms[w] := v_rooms[w] - 1;
      v_lefts[k] := v_lefts[k] - 1;
      p[i].job := core.job_id(((p[i]).req ->> 'job_id')::uuid);
      p[i].comp := core.comp_id(((p[i]).req ->> 'public_id')::uuid);
    END IF;
  END LOOP;
  FOR k IN 1 .. cardinality(p_serials) LOOP
    UPDATE core.data_lease d SET runs_held = d.runs_held + p_lefts[k] - v_lefts[k]
     WHERE d.serial = p_serials[k] AND d.max_runs IS NOT NULL AND v_lefts[k] < p_lefts[k];
  END LOOP;
  RETURN p;
END $$;
