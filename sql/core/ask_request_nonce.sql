-- ask_request_nonce: what is known of the nonce of a presentation request: known,
-- it was made here; fresh, it is neither used nor expired, and is now
-- the job's.
CREATE FUNCTION core.ask_request_nonce(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_fresh boolean;
BEGIN
  UPDATE core.request_nonce n SET job = j.job_id
   WHERE n.tenant = j.tenant AND n.nonce = a ->> 'nonce' AND NOT n.used
     AND (n.job = j.job_id OR n.job IS NULL AND n.expires_at > clock_timestamp());
  v_fresh := FOUND;
  RETURN jsonb_build_object('fresh', v_fresh,
    'known', v_fresh OR EXISTS (SELECT FROM core.request_nonce n WHERE n.tenant = j.tenant AND n.nonce = a ->> 'nonce'));
END $$;
