-- compute_forget(computation): destroy the output of a finished one; what was
-- released, or might have been, is purged from now on.  The row is locked.
CREATE FUNCTION core.compute_forget(m core.computation)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE core.computation x SET release_state = 'purged', updated_at = clock_timestamp()
   WHERE x.job_id = m.job_id AND x.release_state IN ('released', 'staged');
  PERFORM core.output_destroy(m.job_id);
  PERFORM core.phase_note(ARRAY[m.job_id]);
END $$;
