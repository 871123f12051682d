-- cred_accepted(job, lane): the answer to a submit.
CREATE FUNCTION core.cred_accepted(p_job uuid, p_lane smallint) RETURNS core.answer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN core.ok(202, jsonb_build_object('job_id', p_job), jsonb_build_object('location', '/api/v1/credentials/jobs/' || p_job,
    'ring', p_lane, 'wait_id', p_job, 'final', false));
END $$;
