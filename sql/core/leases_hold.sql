-- leases_hold(plans): the leases of these plans, each once, and how many runs
-- each still has (core.lease_hold); changed: of each plan, is the lease no longer as
-- it was judged?  Taken in the order of their serial numbers: all at once when
-- none counts its runs, else one by one.
CREATE FUNCTION core.leases_hold(p core.compute_plan[], OUT serials bigint[], OUT lefts int[], OUT changed boolean[])
LANGUAGE plpgsql AS $$
DECLARE
  v_seen timestamptz[];
  v_counted boolean[];
  v_held bigint[];
BEGIN
  SELECT coalesce(array_agg(x.serial ORDER BY x.serial), '{}'), array_agg(x.seen_at ORDER BY x.serial), array_agg(x.counted ORDER BY x.serial)
    INTO serials, v_seen, v_counted
    FROM (SELECT u.serial, min(u.seen_at) AS seen_at, bool_or(u.counted) AS counted
            FROM unnest(p) u WHERE u.serial IS NOT NULL GROUP BY 1) x;
  lefts := '{}';
  IF true = ANY (v_counted) THEN
    FOR k IN 1 .. cardinality(serials) LOOP
      lefts[k] := core.lease_hold(serials[k], v_seen[k], v_counted[k]);
    END LOOP;
  ELSE
    v_held := ARRAY(
      SELECT l.serial FROM unnest(serials, v_seen) s (serial, seen_at)
        JOIN core.data_lease l ON l.serial = s.serial AND l.updated_at = s.seen_at
       ORDER BY l.serial FOR SHARE OF l);
    FOR k IN 1 .. cardinality(serials) LOOP
      lefts[k] := CASE WHEN v_held[k] = serials[k] OR serials[k] = ANY (v_held) THEN 2147483647 END;
    END LOOP;
  END IF;
  changed := ARRAY(SELECT u.serial IS NOT NULL AND lefts[array_position(serials, u.serial)] IS NULL FROM unnest(p) u);
END $$;
