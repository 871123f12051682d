-- job_held(job, token): the lease of a job while this run holds it, for the rest of the
-- transaction: whoever ends the job waits for us.  All NULL when the token is gone.
CREATE FUNCTION core.job_held(p_id uuid, p_token uuid) RETURNS core.lease LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  l core.lease;
BEGIN
  SELECT x.* INTO l FROM core.lease x WHERE x.id = p_id AND x.token = p_token FOR KEY SHARE;
  RETURN l;
END $$;
