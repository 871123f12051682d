-- lease_settled_by(caller, id): the lease whose disputes this caller may close,
-- locked: its owner, or an operator, whoever else's it is; or why not.
CREATE FUNCTION core.lease_settled_by(c core.caller, p_id text, OUT l core.data_lease, OUT refusal core.answer)
LANGUAGE plpgsql AS $$
BEGIN
  l := CASE WHEN 'operator' = ANY (c.roles) THEN core.lease_named(p_id) ELSE core.lease_find(c, p_id) END;
  IF l.serial IS NULL THEN
    refusal := core.refuse('NOT_FOUND', 'no such lease');
  ELSIF l.owner <> c.id AND NOT 'operator' = ANY (c.roles) THEN
    refusal := core.refuse('FORBIDDEN', 'only the owner of the data or an operator closes a dispute');
  ELSE
    SELECT * INTO l FROM core.data_lease x WHERE x.serial = l.serial FOR NO KEY UPDATE;
  END IF;
END $$;
