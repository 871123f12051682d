-- write_export: the export of the job's wallet, a file of this outcome.
CREATE FUNCTION core.write_export(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM core.cred_blob_put(j.tenant, decode(w ->> 'sha256', 'hex'), 'export', j.wallet_name, NULL);
  PERFORM core.event_add(core.actor_name(j.principal), 'wallet.exported', j.wallet_name);
END $$;
