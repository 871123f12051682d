-- compute_find(caller, public id): the computation and how this caller sees it:
-- consumer (its own), owner (of an input), state (operators and auditors: no
-- more than the state).  view NULL: unknown, or a stranger's: the same to them.
CREATE FUNCTION core.compute_find(c core.caller, p_public uuid, OUT m core.computation, OUT view text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT * INTO m FROM core.computation x WHERE x.public_id = p_public;
  view := CASE
    WHEN NOT FOUND THEN NULL
    WHEN m.principal = c.id THEN 'consumer'
    WHEN EXISTS (SELECT FROM core.job_owners(m) o WHERE o.owner = c.id) THEN 'owner'
    WHEN c.roles && ARRAY['operator', 'auditor'] THEN 'state'
  END;
END $$;
