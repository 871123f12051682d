-- job_fail(code, message): a job's writes cannot be made: undoes them, and the
-- job fails so; or the call that a runner asked is answered so.
CREATE FUNCTION core.job_fail(p_code text, p_message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', p_message USING ERRCODE = 'DR002', DETAIL = p_code;
END $$;
