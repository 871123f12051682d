-- leases_hold(calls): the leases of the planned calls, each once, and what
-- core.lease_hold says of it; taken in the order of their serial numbers.
CREATE FUNCTION core.leases_hold(p core.compute_call[], OUT serials bigint[], OUT lefts int[])
LANGUAGE plpgsql AS $$
DECLARE
  v_calls int[] := '{}';      -- one call under each
BEGIN
  serials := '{}';
  FOR i IN 1 .. cardinality(p) LOOP
    CONTINUE WHEN core.decided((p[i]).answer) OR ((p[i]).plan).serial = ANY (serials);
    serials := serials || ((p[i]).plan).serial;
    v_calls := v_calls || i;
  END LOOP;
  IF cardinality(serials) > 1 THEN
    SELECT array_agg(u.serial ORDER BY u.serial), array_agg(u.call ORDER BY u.serial) INTO serials, v_calls
      FROM unnest(serials, v_calls) u (serial, call);
  END IF;
  FOR k IN 1 .. cardinality(serials) LOOP
    lefts[k] := core.lease_hold(serials[k], ((p[v_calls[k]]).plan).seen_at, ((p[v_calls[k]]).plan).counted);
  END LOOP;
END $$;
