-- job_clash(): somebody else changed what a job's writes stand on: undoes them, and
-- core.fork_done lets the job run again.
CREATE FUNCTION core.job_clash() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'clash' USING ERRCODE = 'DR001';
END $$;
