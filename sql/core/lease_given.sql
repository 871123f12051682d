-- lease_given(caller, id): the lease to be changed by its owner, locked; or why
-- not: a stranger's is unknown, a consumer may only look.
CREATE FUNCTION core.lease_given(c core.caller, p_id text, OUT l core.data_lease, OUT refusal core.answer)
LANGUAGE plpgsql AS $$
BEGIN
  l := core.lease_find(c, p_id);
  IF l.serial IS NULL THEN
    refusal := core.refuse('NOT_FOUND', 'no such lease');
  ELSIF l.owner <> c.id THEN
    refusal := core.refuse('FORBIDDEN', 'only the owner of the data decides on a lease');
  ELSE
    SELECT * INTO l FROM core.data_lease x WHERE x.serial = l.serial FOR NO KEY UPDATE;
  END IF;
END $$;
