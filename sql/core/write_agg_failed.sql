-- write_agg_failed: the helper refused for good: the collection ends with this problem.
CREATE FUNCTION core.write_agg_failed(s core.agg_subject, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  c constant core.agg_collection := core.agg_closing(s);
BEGIN
  IF w ->> 'word' !~ '^[A-Za-z]{1,40}$' THEN
    PERFORM core.job_fail('INTERNAL', 'word: not a problem');
  END IF;
  PERFORM core.agg_collection_fail(c, w ->> 'word');
  PERFORM core.agg_met(c.task_no, true, NULL, NULL, w ->> 'word');
END $$;
