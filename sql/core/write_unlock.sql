-- write_unlock: a handle for the submitter: sha256 (hex) of its text, the master key
-- sealed under node key and handle, ttl_s of at most a day.  version: the wallet that
-- the key was tried on; one that got a new key since is unlocked by another run.
CREATE FUNCTION core.write_unlock(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM FROM core.wallet x WHERE x.serial = j.wallet AND x.version = (w ->> 'version')::int FOR SHARE;
  IF NOT FOUND THEN
    PERFORM core.job_clash();
  END IF;
  INSERT INTO core.wallet_unlock (sha256, wallet, principal, sealed_master, expires_at)
  VALUES (decode(w ->> 'sha256', 'hex'), j.wallet, j.principal, decode(w ->> 'sealed_master', 'base64'),
          clock_timestamp() + least(greatest((w ->> 'ttl_s')::int, 1), 86400) * interval '1 s');
END $$;
