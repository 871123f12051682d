-- lease_reject(auth, {id, reason}): the answer to a proposal; again is harmless.
CREATE FUNCTION api.lease_reject(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  g record;
  l core.data_lease;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO g FROM core.lease_given(c, p_req ->> 'id');
  IF (g.refusal).err IS NOT NULL THEN
    RETURN g.refusal;
  END IF;
  l := g.l;
  IF l.state NOT IN ('pending', 'rejected') THEN
    RETURN core.refuse('CONFLICT', 'the lease is ' || l.state);
  END IF;
  IF l.state = 'pending' THEN
    UPDATE core.data_lease x SET state = 'rejected', reason = p_req ->> 'reason', updated_at = clock_timestamp()
     WHERE x.serial = l.serial RETURNING * INTO l;
    PERFORM core.event_add(c.public_id, 'lease.rejected', l.proposal_id);
  END IF;
  RETURN core.ok(200, core.lease_json(l));
END $$;
