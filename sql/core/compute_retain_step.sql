-- compute_retain_step(): one bounded step of retention for what belongs to
-- computations, tokens and scripts; how many rows it took, 0 when nothing is left.
CREATE FUNCTION core.compute_retain_step()
RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN core.retain_output(200) + core.retain_computations(200) + core.retain_tokens(1000) + core.retain_scripts(200);
END $$;
