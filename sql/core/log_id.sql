-- log_id(job): what is announced when the output of a running job has grown: no
-- job has such an id, so those who wait for its phases are left alone.
CREATE FUNCTION core.log_id(p_job uuid) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT ('ffffffff' || right(p_job::text, 28))::uuid
$$;
