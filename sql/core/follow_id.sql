-- follow_id(principal): what is announced, beside its job, when a computation of
-- this principal changes.  No job has such an id.
CREATE FUNCTION core.follow_id(p_principal int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT ('00000000-0000-0000-0000-' || lpad(to_hex(p_principal), 12, '0'))::uuid
$$;
