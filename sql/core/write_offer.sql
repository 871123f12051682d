-- write_offer: the nonce of an offer of a definition in the job's wallet.
CREATE FUNCTION core.write_offer(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO core.offer (tenant, nonce, definition, expires_at)
  SELECT j.tenant, w ->> 'nonce', d.serial, clock_timestamp() + core.setting_int('offer_ttl_s') * interval '1 s'
    FROM core.cred_def d WHERE d.tenant = j.tenant AND d.id = w ->> 'cred_def_id' AND d.wallet = j.wallet;
  IF NOT FOUND THEN
    PERFORM core.job_fail('ITEM_NOT_FOUND', 'cred_def_id: the wallet has no such definition');
  END IF;
END $$;
