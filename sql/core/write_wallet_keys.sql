-- write_wallet_keys: the seven keys of the job's wallet sealed anew; unlocks that
-- carry the old master key go.
CREATE FUNCTION core.write_wallet_keys(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  UPDATE core.wallet x
     SET method = w ->> 'method', salt = decode(w ->> 'salt', 'base64'), sealed_keys = decode(w ->> 'keys', 'base64'),
         managed_key = decode(w ->> 'sealed_managed_key', 'base64'), version = x.version + 1
   WHERE x.serial = j.wallet AND x.version = (w ->> 'version')::int;
  IF NOT FOUND THEN
    PERFORM core.job_clash();
  END IF;
  DELETE FROM core.wallet_unlock u WHERE u.wallet = j.wallet;
  PERFORM core.event_add(core.actor_name(j.principal), 'wallet.rekeyed', j.wallet_name, jsonb_build_object('method', w -> 'method'));
END $$;
