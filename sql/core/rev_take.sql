-- rev_take(definition, registry): take the next index of the registry named, or of
-- the active one; next_index - 1 of what is returned.  With its last index a
-- registry is full, and the first that is ready becomes active.  NULL when there
-- is none.  A full registry with nothing ready has another one
-- made, should the one that was to be made ahead have failed.
CREATE FUNCTION core.rev_take(d core.cred_def, p_registry text) RETURNS core.rev_reg LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  g core.rev_reg;
BEGIN
  FOR i IN 1 .. 8 LOOP       -- as often as a small registry may be used up between two looks
    UPDATE core.rev_reg x
       SET next_index = x.next_index + 1, state = CASE WHEN x.next_index = x.max_cred_num - 1 THEN 'full' ELSE x.state END
     WHERE x.serial = (SELECT y.serial FROM core.rev_reg y WHERE y.definition = d.serial
                        AND CASE WHEN p_registry IS NULL THEN y.state = 'active' ELSE y.id = p_registry END)
       AND x.state IN ('active', 'ready') AND x.next_index < x.max_cred_num
    RETURNING x.* INTO g;
    IF FOUND THEN
      IF g.state = 'full' THEN
        PERFORM core.rev_activate(d);
      END IF;
      RETURN g;
    END IF;
    EXIT WHEN p_registry IS NOT NULL;
    PERFORM core.rev_activate(d);
  END LOOP;
  IF p_registry IS NOT NULL AND NOT EXISTS (SELECT FROM core.rev_reg x WHERE x.definition = d.serial AND x.id = p_registry) THEN
    PERFORM core.job_fail('NOT_FOUND', 'registry: the definition has no such registry');
  END IF;
  SELECT x.* INTO g FROM core.rev_reg x WHERE x.definition = d.serial ORDER BY x.n DESC LIMIT 1;
  IF p_registry IS NULL AND g.serial IS NOT NULL THEN
    PERFORM core.rev_ahead(d, g);
  END IF;
  RETURN NULL;
END $$;
