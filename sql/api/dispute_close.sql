-- dispute_close(auth, {id, disputeId, note}): the owner of the data or an operator
-- closes one dispute of a lease, or all that are open; jobs are admitted again
-- once none is.  Again is harmless.  200 with the lease.
CREATE FUNCTION api.dispute_close(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  g record;
  l core.data_lease;
  v_closed text[];
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO g FROM core.lease_settled_by(c, p_req ->> 'id');
  IF (g.refusal).err IS NOT NULL THEN
    RETURN g.refusal;
  END IF;
  l := g.l;
  PERFORM FROM core.dispute d WHERE d.serial = l.serial AND d.id = p_req ->> 'disputeId';
  IF NOT FOUND AND p_req ->> 'disputeId' IS NOT NULL THEN
    RETURN core.refuse('NOT_FOUND', 'no such dispute');
  END IF;
  WITH w AS (
    UPDATE core.dispute d SET state = 'closed', closed_at = clock_timestamp(), closed_by = c.id, note = p_req ->> 'note'
     WHERE d.serial = l.serial AND d.state = 'pending' AND (p_req ->> 'disputeId' IS NULL OR d.id = p_req ->> 'disputeId')
    RETURNING d.id)
  SELECT array_agg(w.id ORDER BY w.id) INTO v_closed FROM w;
  IF v_closed IS NOT NULL THEN
    UPDATE core.data_lease x SET updated_at = clock_timestamp() WHERE x.serial = l.serial RETURNING * INTO l;
    PERFORM core.event_add(c.public_id, 'dispute.closed', l.lease_id, jsonb_build_object('disputes', v_closed));
  END IF;
  RETURN core.ok(200, core.lease_json(l));
END $$;
