-- write_wallet_delete: the job's wallet goes, with its records and unlocks.  What
-- is public of its definitions stays.
CREATE FUNCTION core.write_wallet_delete(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  DELETE FROM core.wallet x WHERE x.serial = j.wallet;
  IF NOT FOUND THEN
    PERFORM core.job_clash();
  END IF;
  PERFORM core.event_add(core.actor_name(j.principal), 'wallet.deleted', j.wallet_name);
END $$;
