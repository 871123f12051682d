-- write_wallet_new: the wallet that the job was asked for; its name is the
-- request's, whatever the runner says.
CREATE FUNCTION core.write_wallet_new(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_serial bigint;
BEGIN
  INSERT INTO core.wallet (tenant, name, owner, method, salt, sealed_keys, managed_key)
  VALUES (j.tenant, j.wallet_name, j.principal, w ->> 'method', decode(w ->> 'salt', 'base64'), decode(w ->> 'keys', 'base64'), decode(w ->> 'sealed_managed_key', 'base64'))
  ON CONFLICT DO NOTHING RETURNING serial INTO v_serial;
  IF NOT FOUND THEN
    PERFORM core.job_fail('WALLET_EXISTS', 'there is a wallet of this name');
  END IF;
  UPDATE core.cred_job x SET wallet = v_serial WHERE x.job_id = j.job_id;
  PERFORM core.event_add(core.actor_name(j.principal), 'wallet.created', j.wallet_name, jsonb_build_object('method', w -> 'method'));
END $$;
