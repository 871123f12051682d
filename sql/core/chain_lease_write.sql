-- chain_lease_write(chain, local lease, as the chain has it, state, facts): the
-- change that core.chain_lease_settle found due.  The local row is locked.
CREATE FUNCTION core.chain_lease_write(ch core.chain, l core.data_lease, v core.chain_lease, p_state text, p_facts jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_comes constant boolean := p_state = 'approved' AND l.state <> 'approved';
  v_goes constant boolean := l.state = 'approved' AND p_state <> 'approved';
  v_dispute constant text := 'disputed on chain ' || ch.name;
BEGIN
  UPDATE core.data_lease x
     SET state = p_state, chain = p_facts, updated_at = clock_timestamp(),
         price = coalesce(v.price / 1e18, x.price), max_price = coalesce(v.max_price / 1e18, x.max_price),
         max_runs = CASE WHEN v_comes THEN ch.lease_runs ELSE x.max_runs END,
         expires_at = CASE WHEN v_comes THEN clock_timestamp() + ch.lease_ttl_s * interval '1 s' ELSE x.expires_at END,
         revoked_at = CASE WHEN p_state = 'revoked' THEN coalesce(x.revoked_at, clock_timestamp()) END,
         reason = CASE WHEN p_state = 'revoked' THEN coalesce(x.reason, 'the block that brought it vanished') END
   WHERE x.serial = l.serial;
  IF v_goes THEN
    PERFORM core.announce(core.lease_end_jobs(ARRAY[l.serial], NULL, 'LEASE_REVOKED', 'node'));
    DELETE FROM core.data_lease_asset x WHERE x.serial = l.serial;
    PERFORM core.event_add('node', 'lease.undone', l.lease_id, jsonb_build_object('chain', ch.name));
  ELSIF v_comes THEN
    INSERT INTO core.data_lease_asset (serial, asset)
    SELECT l.serial, a.id FROM core.product p JOIN core.product_asset x ON x.product_id = p.product_id
      JOIN core.asset a ON a.id = x.asset AND a.owner = p.owner AND a.removed_at IS NULL
     WHERE p.product_id = l.product_id;
    PERFORM core.event_add('node', 'lease.granted', l.lease_id, jsonb_build_object('chain', ch.name, 'block', v.block));
  END IF;
  IF v.disputed AND NOT EXISTS (SELECT FROM core.dispute d WHERE d.serial = l.serial AND d.reason = v_dispute AND d.state = 'pending') THEN
    INSERT INTO core.dispute (id, serial, raised_by, reason) VALUES (core.new_id('dsp_'), l.serial, l.consumer, v_dispute);
  END IF;
END $$;
