-- ask_agg_sent: a request is about to leave: from now on the peer may have acted on it, so
-- no other may follow it.
CREATE FUNCTION core.ask_agg_sent(s core.agg_subject, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_digest constant bytea := decode(a ->> 'sha256', 'hex');
BEGIN
  UPDATE core.agg_job j SET state = 'sent', digest = v_digest
   WHERE j.job_no = s.job_no AND (j.state = 'new' OR j.state = 'sent' AND j.digest = v_digest);
  IF NOT FOUND THEN
    UPDATE core.agg_collection c SET sent = v_digest
     WHERE c.collection_no = s.collection AND c.state = 'closing' AND coalesce(c.sent, v_digest) = v_digest;
    IF NOT FOUND THEN
      PERFORM core.job_fail('INTERNAL', 'this is not the request that was sent before');
    END IF;
  END IF;
  RETURN '{}';
END $$;
