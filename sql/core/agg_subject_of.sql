-- agg_subject_of(lease): what a job of the service is about.
CREATE FUNCTION core.agg_subject_of(l core.lease) RETURNS core.agg_subject LANGUAGE plpgsql STABLE AS $$
DECLARE
  s constant jsonb := (SELECT j.spec FROM core.job j WHERE j.id = l.id);
BEGIN
  RETURN ROW(l.id, l.kind, l.worker, (s ->> 'task_no')::int, (s ->> 'job_no')::bigint, (s ->> 'collection')::bigint, (s ->> 'served')::bigint,
             (s ->> 'segment')::bigint)::core.agg_subject;
END $$;
