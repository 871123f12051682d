-- cred_eta(job, where it is): seconds until it probably ends, by the mean of its
-- kind: NULL while nobody has run one.  progress, where there is a total, tells
-- better than the mean.
CREATE FUNCTION core.cred_eta(j core.cred_job, p_started timestamptz, p_wait_s double precision) RETURNS int LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_ran constant double precision := extract(epoch FROM clock_timestamp() - p_started);
  v_mean constant double precision := (SELECT p.mean_ms / 1000 FROM core.cred_pace p WHERE p.kind = j.kind AND p.heavy = core.lane_heavy(j.lane));
BEGIN
  RETURN least(86400, ceil(coalesce(p_wait_s, 0) + greatest(0, CASE
    WHEN v_ran > 1 AND j.total > 0 AND j.done BETWEEN 1 AND j.total THEN v_ran * (j.total - j.done) / j.done
    ELSE v_mean - coalesce(v_ran, 0) END)));
END $$;
