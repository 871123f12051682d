-- retain_output(n): output past result_ttl_s is purged, of up to n computations.
CREATE FUNCTION core.retain_output(p_n int)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  m core.computation;
  v_n bigint := 0;
BEGIN
  FOR m IN
    SELECT * FROM core.computation x
     WHERE x.finished_at < clock_timestamp() - core.setting_int('result_ttl_s') * interval '1 s' AND x.purged_at IS NULL
     ORDER BY x.finished_at LIMIT p_n FOR UPDATE SKIP LOCKED
  LOOP
    PERFORM core.compute_forget(m);
    v_n := v_n + 1;
  END LOOP;
  RETURN v_n;
END $$;
