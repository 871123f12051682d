-- job_ring(lane): wake one idle worker.  In a transaction of its own, after the
-- commit of the job: a notification inside it would serialise all commits.
CREATE FUNCTION api.job_ring(p_lane smallint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN core.ring(p_lane);
END $$;
