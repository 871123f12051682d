-- ready_find(job): the job's row in ready, NULL when it is not there.  Eight
-- probes of the whole key; a job that was moved to another priority is looked
-- for among its tenant's rows; one whose script is fetched is in another lane.  Written so that band is always part of the
-- probe: left to itself the planner reads the whole lane.
CREATE FUNCTION core.ready_find(p_job core.job)
RETURNS core.ready LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_ready core.ready;
  v_rank bigint := core.rank_at(p_job.created_at, p_job.priority);
BEGIN
  SELECT r.* INTO v_ready
    FROM (VALUES (0::smallint), (1)) s (seg) CROSS JOIN (VALUES (0::smallint), (1), (2), (3)) b (band)
   CROSS JOIN LATERAL (
     SELECT x.* FROM core.ready x
      WHERE x.seg = s.seg AND x.lane = p_job.lane AND x.band = b.band AND x.tenant = p_job.principal
        AND x.rank = v_rank AND x.id = p_job.id LIMIT 1) r
   LIMIT 1;
  IF NOT FOUND THEN
    SELECT r.* INTO v_ready
      FROM (VALUES (0::smallint), (1)) s (seg) CROSS JOIN (VALUES (0::smallint), (1), (2), (3)) b (band)
     CROSS JOIN LATERAL (
       SELECT x.* FROM core.ready x
        WHERE x.seg = s.seg AND x.lane = p_job.lane AND x.band = b.band AND x.tenant = p_job.principal AND x.id = p_job.id LIMIT 1) r
     LIMIT 1;
  END IF;
  IF NOT FOUND AND core.job_fetches(p_job) THEN
    SELECT r.* INTO v_ready
      FROM (VALUES (0::smallint), (1)) s (seg) CROSS JOIN (VALUES (0::smallint), (1), (2), (3)) b (band)
     CROSS JOIN LATERAL (
       SELECT x.* FROM core.ready x
        WHERE x.seg = s.seg AND x.lane = 4 AND x.band = b.band AND x.tenant = p_job.principal AND x.id = p_job.id LIMIT 1) r
     LIMIT 1;
  END IF;
  RETURN v_ready;
END $$;
