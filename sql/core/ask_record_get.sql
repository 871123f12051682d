-- ask_record_get: one record of the job's wallet, or null.
CREATE FUNCTION core.ask_record_get(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  i core.wallet_item;
BEGIN
  SELECT x.* INTO i FROM core.wallet_item x
   WHERE x.wallet = j.wallet AND x.type = decode(a ->> 'type', 'base64') AND x.name = decode(a ->> 'name', 'base64')
     AND (x.expires_at IS NULL OR x.expires_at > clock_timestamp());
  RETURN CASE WHEN FOUND THEN core.wallet_item_json(i, false) END;
END $$;
