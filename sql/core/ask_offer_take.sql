-- ask_offer_take: an offer of the tenant's that is neither used nor expired, bound to
-- the job; null for any other nonce.
CREATE FUNCTION core.ask_offer_take(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_id text;
BEGIN
  UPDATE core.offer o SET job = j.job_id FROM core.cred_def d
   WHERE o.tenant = j.tenant AND o.nonce = a ->> 'nonce' AND d.serial = o.definition AND d.wallet = j.wallet
     AND NOT o.used AND (o.job = j.job_id OR o.job IS NULL AND o.expires_at > clock_timestamp())
  RETURNING d.id INTO v_id;
  RETURN CASE WHEN FOUND THEN jsonb_build_object('cred_def', v_id) END;
END $$;
