-- write_request_nonce: the nonce of a presentation request that was made here.
CREATE FUNCTION core.write_request_nonce(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO core.request_nonce (tenant, nonce, expires_at)
  VALUES (j.tenant, w ->> 'nonce', clock_timestamp() + core.setting_int('request_ttl_s') * interval '1 s');
END $$;
