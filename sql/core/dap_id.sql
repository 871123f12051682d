-- dap_id(task id, digest of a body, generation): the id that profile 18 gives to what a
-- body asks for: the same again for an equal body, another once that was removed.
CREATE FUNCTION core.dap_id(p_task bytea, p_digest bytea, p_generation int) RETURNS uuid LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN encode(substr(sha256(p_task || p_digest || int4send(p_generation)), 1, 16), 'hex')::uuid;
END $$;
