-- output_destroy(job, release states): nothing of the job's output in these
-- states (NULL: in any) can be read again; digests stay.  The bytes go when
-- nothing else refers to them.
CREATE FUNCTION core.output_destroy(p_job uuid, p_states text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE core.artifact a SET sha256 = NULL
   WHERE a.job_id = p_job AND a.sha256 IS NOT NULL AND (p_states IS NULL OR a.release_state = ANY (p_states));
END $$;
