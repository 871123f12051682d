-- job_id(id): the id of a new job: the one given, unless it is NULL or was made
-- by a clock that is more than an hour off ours; then a new one.
CREATE FUNCTION core.job_id(p_id uuid) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF abs(extract(epoch FROM core.uuid7_at(p_id) - clock_timestamp())) <= 3600 THEN
    RETURN p_id;
  END IF;
  RETURN core.uuid7();
END $$;
