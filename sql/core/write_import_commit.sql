-- write_import_commit: what this run has staged (core.ask_import_put) becomes
-- the wallet that the job was asked for, at once and whole; members as those of
-- wallet_new.
CREATE FUNCTION core.write_import_commit(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_serial bigint;
BEGIN
  IF EXISTS (SELECT FROM core.wallet x WHERE x.tenant = j.tenant AND x.name = j.wallet_name AND x.job IS NULL) THEN
    PERFORM core.job_fail('WALLET_EXISTS', 'there is a wallet of this name');
  END IF;
  UPDATE core.wallet x
     SET job = NULL, token = NULL, method = w ->> 'method', salt = decode(w ->> 'salt', 'base64'), sealed_keys = decode(w ->> 'keys', 'base64'),
         managed_key = decode(w ->> 'sealed_managed_key', 'base64')
   WHERE x.job = j.job_id AND x.token = p_token RETURNING x.serial INTO v_serial;
  IF NOT FOUND THEN
    PERFORM core.write_wallet_new(j, p_token, w);
    RETURN;
  END IF;
  UPDATE core.cred_job x SET wallet = v_serial WHERE x.job_id = j.job_id;
  PERFORM core.event_add(core.actor_name(j.principal), 'wallet.imported', j.wallet_name, jsonb_build_object('method', w -> 'method'));
END $$;
