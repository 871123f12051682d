-- scripts_use(principals, scripts, requests): the scripts of these submits are
-- stored and will outlive them (core.script_keep).  Those used within the day are
-- not written; the others go in one order.
CREATE FUNCTION core.scripts_use(p_ids int[], p_scripts bytea[], p_reqs jsonb[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  s record;
BEGIN
  FOR s IN
    SELECT u.principal, u.script, min(u.n)::int AS n
      FROM unnest(p_ids, p_scripts) WITH ORDINALITY u (principal, script, n)
     WHERE u.script <> ''
     GROUP BY 1, 2
    HAVING NOT EXISTS (SELECT FROM core.script x
                        WHERE x.principal = u.principal AND x.sha256 = u.script AND x.used_at > clock_timestamp() - interval '1 day')
     ORDER BY 2, 1
  LOOP
    PERFORM core.script_keep(s.principal, s.script, '', decode(p_reqs[s.n] #>> '{script,data_b64}', 'base64'));
  END LOOP;
END $$;
