-- compute_admit(jobs): asked at claim for each computation that is about to
-- start: NULL reason: go on, and the run must end by lease_end (NULL: no end);
-- else it ends with that reason and never starts.
CREATE FUNCTION core.compute_admit(p_ids uuid[])
RETURNS TABLE (id uuid, reason text, lease_end timestamptz) LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT m.job_id,
         coalesce(core.entitled(m.serial, m.principal, n.assets, true, clock_timestamp()),
                  CASE WHEN g.allowed IS NOT TRUE THEN 'IMAGE_DENIED' END),
         l.expires_at
    FROM unnest(p_ids) u (job_id)
    JOIN core.computation m ON m.job_id = u.job_id
    JOIN core.data_lease l ON l.serial = m.serial
    LEFT JOIN core.image g ON g.name = m.image AND g.digest = m.image_digest
   CROSS JOIN LATERAL (SELECT array_agg(i.asset) AS assets FROM core.job_input i WHERE i.job_id = m.job_id) n;
END $$;
