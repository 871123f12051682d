-- compute_admit(job): asked at claim, before the job is handed out: NULL: go
-- on; else the reason with which it ends and never starts.
CREATE FUNCTION core.compute_admit(p_id uuid)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  m core.computation;
BEGIN
  SELECT * INTO m FROM core.computation c WHERE c.job_id = p_id;
  IF NOT FOUND THEN
    RETURN 'INTERNAL';
  END IF;
  RETURN coalesce(
    core.entitled(m.serial, m.principal, m.assets, true, clock_timestamp()),
    (SELECT 'IMAGE_DENIED'
      WHERE NOT EXISTS (SELECT FROM core.image g WHERE g.name = m.image AND g.digest = m.image_digest AND g.allowed)));
END $$;
