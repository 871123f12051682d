-- cred_clash(): somebody else changed what a job's writes stand on: undoes them, and
-- core.cred_done lets the job run again.
CREATE FUNCTION core.cred_clash() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'clash' USING ERRCODE = 'DR001';
END $$;
