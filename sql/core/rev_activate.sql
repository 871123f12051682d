-- rev_activate(definition): if it has no active registry, the first that is ready
-- becomes it.  The definition's row is locked: two do not choose at once.
CREATE FUNCTION core.rev_activate(d core.cred_def) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM FROM core.cred_def x WHERE x.serial = d.serial FOR NO KEY UPDATE;
  UPDATE core.rev_reg x SET state = 'active'
   WHERE x.serial = (SELECT y.serial FROM core.rev_reg y WHERE y.definition = d.serial AND y.state = 'ready' ORDER BY y.n LIMIT 1)
     AND NOT EXISTS (SELECT FROM core.rev_reg y WHERE y.definition = d.serial AND y.state = 'active');
END $$;
