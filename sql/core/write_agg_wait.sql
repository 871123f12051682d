-- write_agg_wait: the peer lets us wait: kept for the next run, and for operators; with an error it is in
-- trouble, without one it works.  Without a location the next run sends the request, which the peer
-- knows by its bytes.
CREATE FUNCTION core.write_agg_wait(s core.agg_subject, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  UPDATE core.agg_job j SET tries = j.tries + 1, location = w ->> 'location' WHERE j.job_no = s.job_no;
  UPDATE core.agg_collection c SET tries = c.tries + 1, location = w ->> 'location' WHERE c.collection_no = s.collection;
  PERFORM core.agg_met(s.task_no, w ->> 'error' IS NOT NULL, (w ->> 'latency_ms')::double precision, (w ->> 'status')::int, w ->> 'error');
END $$;
