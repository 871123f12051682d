-- write_tails: a tails file that was uploaded has been looked through.
CREATE FUNCTION core.write_tails(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM core.cred_blob_put(j.tenant, decode(w ->> 'sha256', 'hex'), 'tails', NULL, w ->> 'hash');
END $$;
