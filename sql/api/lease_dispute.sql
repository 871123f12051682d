-- lease_dispute(auth, {id, reason}): the consumer or the owner of a lease says that
-- something is wrong with it: nothing is admitted under it until the dispute is
-- closed (core.entitlement).  The lease row changes, so that a submit that was judged
-- before is judged again.  201 {disputeId, status}.
CREATE FUNCTION api.lease_dispute(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  l core.data_lease;
  a core.answer;
  v_id text;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  a := core.idem_find(c.id, 'lease_dispute', p_req);
  IF a.err IS NOT NULL OR a.status IS NOT NULL THEN
    RETURN a;
  END IF;
  l := core.lease_find(c, p_req ->> 'id');
  IF l.serial IS NULL THEN
    RETURN core.refuse('NOT_FOUND', 'no such lease');
  END IF;
  SELECT * INTO l FROM core.data_lease x WHERE x.serial = l.serial FOR NO KEY UPDATE;
  IF l.state IN ('pending', 'rejected') THEN
    RETURN core.refuse('CONFLICT', 'the lease is ' || l.state);
  END IF;
  SELECT d.id INTO v_id FROM core.dispute d WHERE d.serial = l.serial AND d.raised_by = c.id AND d.state = 'pending';
  IF FOUND THEN
    RETURN core.refuse('CONFLICT', 'your dispute ' || v_id || ' is still open');
  END IF;
  v_id := core.new_id('dsp_');
  INSERT INTO core.dispute (id, serial, raised_by, reason) VALUES (v_id, l.serial, c.id, p_req ->> 'reason');
  UPDATE core.data_lease x SET updated_at = clock_timestamp() WHERE x.serial = l.serial;
  PERFORM core.event_add(c.public_id, 'lease.disputed', l.lease_id, jsonb_build_object('dispute', v_id));
  a := core.ok(201, jsonb_build_object('disputeId', v_id, 'status', 'pending'),
               jsonb_build_object('location', '/api/v1/leases/' || l.lease_id));
  PERFORM core.idem_keep(c.id, 'lease_dispute', p_req, a);
  RETURN a;
END $$;
