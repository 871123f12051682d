-- write_agg_commit: the end of an aggregation job on either side: reports settled (leader) or
-- inserted (helper), one sum for each bucket, counters, the answer that is kept for good.  What
-- the runner says of counts and checksums must follow from its outcomes.  A report that
-- another job committed meanwhile, and a bucket that closed, undo it.
CREATE FUNCTION core.write_agg_commit(s core.agg_subject, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  t core.agg_task;
  j core.agg_job;
  o record;
BEGIN
  SELECT x.* INTO t FROM core.agg_task x WHERE x.task_no = s.task_no;
  SELECT x.* INTO j FROM core.agg_job x WHERE x.job_no = s.job_no FOR UPDATE;
  IF j.state NOT IN ('new', 'sent') THEN
    PERFORM core.job_fail('CANCELLED', 'the job has ended');
  END IF;
  o := core.agg_outcomes(j, w -> 'outcomes');
  PERFORM core.agg_parts_keep(t, j, w -> 'parts', o.ids, o.words, o.buckets);
  IF t.role = 'leader' THEN
    PERFORM core.agg_reports_settle(t, j, o.ids, o.words);
  ELSE
    INSERT INTO core.agg_report (task_no, report_id, time, state)
    SELECT t.task_no, u.id, u.time, 'd' FROM unnest(o.ids, o.words, o.times) u(id, word, time) WHERE u.word = 'accepted' ORDER BY u.id;
  END IF;
  PERFORM core.agg_count(t.task_no, 'aggregate', array_agg(x.word), array_agg(x.n))
     FROM (SELECT CASE WHEN t.role = 'leader' AND u.word = 'report_too_early' THEN 'given_back' ELSE u.word END AS word, count(*) AS n
             FROM unnest(o.words) u(word) GROUP BY 1) x HAVING count(*) > 0;
  UPDATE core.agg_job x SET state = 'done', finished_at = clock_timestamp(), reports = NULL, request = NULL,
         response = decode(w #>> '{response,sha256}', 'hex'), answer = decode(w ->> 'response_b64', 'base64')
   WHERE x.job_no = j.job_no;
  PERFORM core.blob_loosen(array_remove(ARRAY[j.request], NULL));
  IF w ? 'latency_ms' THEN
    PERFORM core.agg_met(t.task_no, false, (w ->> 'latency_ms')::double precision, 200, NULL);
  END IF;
END $$;
