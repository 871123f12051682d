-- write_lock: the handle that came with the job is forgotten, or, when none did, all
-- that the submitter has for this wallet.
CREATE FUNCTION core.write_lock(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  DELETE FROM core.wallet_unlock u WHERE u.wallet = j.wallet AND u.principal = j.principal AND (j.unlock IS NULL OR u.sha256 = j.unlock);
END $$;
