-- release_open(caller, request): the computation whose output this owner may
-- decide on, locked behind its data lease; or why not.  The lease comes first,
-- as in a revocation: one of the two sees the other.
CREATE FUNCTION core.release_open(c core.caller, p_req jsonb, OUT m core.computation, OUT refusal core.answer)
LANGUAGE plpgsql AS $$
DECLARE
  f record;
BEGIN
  SELECT * INTO f FROM core.compute_find(c, (p_req ->> 'id')::uuid);
  m := f.m;
  IF f.view IS NULL THEN
    refusal := core.compute_unknown();
    RETURN;
  END IF;
  PERFORM FROM core.job_owners(m) o WHERE o.owner = c.id;
  IF NOT FOUND THEN
    refusal := core.refuse('FORBIDDEN', 'only an owner of its inputs decides on output');
    RETURN;
  END IF;
  PERFORM FROM core.data_lease l WHERE l.serial = m.serial FOR SHARE;
  SELECT * INTO m FROM core.computation x WHERE x.job_id = m.job_id FOR UPDATE;
END $$;
