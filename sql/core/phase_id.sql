-- phase_id(phase): the name of this row in the stream of all computations of its
-- principal.
CREATE FUNCTION core.phase_id(p core.phase) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT p.xid || '.' || p.pos
$$;
