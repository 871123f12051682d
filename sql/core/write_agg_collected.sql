-- write_agg_collected: both sealed shares of a collection; its batch is collected, and the sums it was
-- made of go.
CREATE FUNCTION core.write_agg_collected(s core.agg_subject, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  c constant core.agg_collection := core.agg_closing(s);
  v constant record := core.agg_sum(c.task_no, c.batch_id, c.first, c.past);
BEGIN
  IF v.count IS DISTINCT FROM (w ->> 'count')::bigint OR v.stored + v.jobs > 0 OR w ->> 'leader_b64' IS NULL OR w ->> 'helper_b64' IS NULL THEN
    PERFORM core.job_fail('INTERNAL', 'this is not the batch');
  END IF;
  UPDATE core.agg_collection x
     SET state = 'done', count = v.count, start = (w ->> 'start')::bigint, duration = (w ->> 'duration')::bigint, leader_share = decode(w ->> 'leader_b64', 'base64'),
         helper_share = decode(w ->> 'helper_b64', 'base64'), noise = decode(w ->> 'sealed_noise', 'base64'), finished_at = clock_timestamp()
   WHERE x.collection_no = c.collection_no;
  PERFORM core.agg_mark(c.task_no, c.batch_id, c.first, c.past, 'collected');
  PERFORM core.agg_parts_scrub(c.task_no, c.batch_id, c.first, c.past);
  IF w ? 'latency_ms' THEN
    PERFORM core.agg_met(c.task_no, false, (w ->> 'latency_ms')::double precision, 200, NULL);
  END IF;
END $$;
