-- cred_eta(job, begun, ahead): seconds until it probably ends, by the mean of its
-- kind, as if the jobs that stand before it were like it; NULL while nobody has run
-- one.  Progress, where there is a total, tells better than the mean.
CREATE FUNCTION core.cred_eta(j core.cred_job, p_started timestamptz, p_ahead bigint) RETURNS int LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_ran constant double precision := extract(epoch FROM clock_timestamp() - p_started);
  v_mean constant double precision := (SELECT p.mean_ms / 1000 FROM core.cred_pace p WHERE p.kind = j.kind AND p.heavy = core.lane_heavy(j.lane));
BEGIN
  IF v_ran > 1 AND j.total > 0 AND j.done BETWEEN 1 AND j.total THEN
    RETURN least(86400, ceil(v_ran * (j.total - j.done) / j.done));
  ELSIF v_mean IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN least(86400, ceil(coalesce(p_ahead, 0) * v_mean + greatest(0, v_mean - coalesce(v_ran, 0))));
END $$;
