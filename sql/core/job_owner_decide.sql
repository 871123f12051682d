-- job_owner_decide(computation, owner, decision): write down what this owner
-- decided; the computation with it.  Its row is locked.
CREATE FUNCTION core.job_owner_decide(m core.computation, p_owner int, p_decision text)
RETURNS core.computation LANGUAGE plpgsql AS $$
BEGIN
  UPDATE core.job_owner o SET decision = p_decision WHERE o.job_id = m.job_id AND o.owner = p_owner;
  UPDATE core.computation x SET decision = CASE WHEN x.owner = p_owner THEN p_decision ELSE x.decision END
   WHERE x.job_id = m.job_id RETURNING * INTO m;
  RETURN m;
END $$;
