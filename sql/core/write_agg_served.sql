-- write_agg_served: our share of a batch, sealed to the collector: stored for good, as its
-- leader may ask again; or a refusal that can never change, and the batch is open again.
CREATE FUNCTION core.write_agg_served(s core.agg_subject, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v core.agg_served;
BEGIN
  SELECT x.* INTO v FROM core.agg_served x WHERE x.served_no = s.served AND x.state = 'running' FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM core.job_fail('CANCELLED', 'the request was answered');
  ELSIF w ->> 'word' IS NOT NULL THEN
    UPDATE core.agg_served x SET state = 'failed', word = left(w ->> 'word', 40), finished_at = clock_timestamp() WHERE x.served_no = v.served_no;
    PERFORM core.agg_mark(v.task_no, v.batch_id, v.first, v.past, 'open');
    RETURN;
  ELSIF (w ->> 'count')::bigint IS DISTINCT FROM v.count OR w ->> 'share_b64' IS NULL THEN
    PERFORM core.job_fail('INTERNAL', 'this is not the batch');
  END IF;
  UPDATE core.agg_served x SET state = 'done', share = decode(w ->> 'share_b64', 'base64'), noise = decode(w ->> 'sealed_noise', 'base64'), finished_at = clock_timestamp()
   WHERE x.served_no = v.served_no;
  PERFORM core.agg_mark(v.task_no, v.batch_id, v.first, v.past, 'collected');
  PERFORM core.agg_parts_scrub(v.task_no, v.batch_id, v.first, v.past);
END $$;
