-- agg_again(lease): the writes of a job met others': it runs once more, and is told by
-- its questions what it met.  Each turn settles a report of others, so there is an end;
-- 1,000 says that there is not.
CREATE FUNCTION core.agg_again(l core.lease) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  UPDATE core.agg_job j SET clashes = j.clashes + 1 WHERE j.job_no = (core.agg_subject_of(l)).job_no AND j.clashes < 1000;
  RETURN FOUND;
END $$;
