-- scripts_use(calls): the scripts of these computations are stored and will
-- outlive them (core.script_keep); how many were written.  Those used within the day
-- are not; the others go in one order.
CREATE FUNCTION core.scripts_use(p core.compute_call[])
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  s record;
  v_n int := 0;
BEGIN
  FOR s IN
    SELECT u.principal, u.script, max(u.req #>> '{script,data_b64}') AS data
      FROM unnest(p) u
     WHERE NOT EXISTS (SELECT FROM core.script x
                        WHERE x.principal = u.principal AND x.sha256 = u.script AND x.used_at > clock_timestamp() - interval '1 day')
     GROUP BY 1, 2 ORDER BY 2, 1
  LOOP
    PERFORM core.script_keep(s.principal, s.script, '', decode(s.data, 'base64'));
    v_n := v_n + 1;
  END LOOP;
  RETURN v_n;
END $$;
