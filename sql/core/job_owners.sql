-- job_owners(computation): whose data it reads and what each has decided: the
-- owner of the lease, and the others there may be.
CREATE FUNCTION core.job_owners(m core.computation)
RETURNS TABLE (owner int, decision text) LANGUAGE sql STABLE AS $$
  SELECT m.owner, m.decision UNION ALL SELECT o.owner, o.decision FROM core.job_owner o WHERE o.job_id = m.job_id
$$;
