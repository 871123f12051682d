-- retain_computations(n): records past job_ttl_s go, n at a time; the audit stays.
CREATE FUNCTION core.retain_computations(p_n int)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_ids uuid[];
BEGIN
  SELECT array_agg(x.job_id) INTO v_ids
    FROM (SELECT m.job_id FROM core.computation m
           WHERE m.finished_at < clock_timestamp() - core.setting_int('job_ttl_s') * interval '1 s'
             AND m.job_id < core.uuid7_floor((clock_timestamp() - core.setting_int('job_ttl_s') * interval '1 s')::date)
           ORDER BY m.job_id LIMIT p_n FOR UPDATE SKIP LOCKED) x;
  IF v_ids IS NULL THEN
    RETURN 0;
  END IF;
  PERFORM core.output_destroy(u) FROM unnest(v_ids) u;
  DELETE FROM core.artifact a WHERE a.job_id = ANY (v_ids);
  DELETE FROM core.job_owner o WHERE o.job_id = ANY (v_ids);
  DELETE FROM core.reading k WHERE k.job_id = ANY (v_ids);
  DELETE FROM core.training t WHERE t.job_id = ANY (v_ids);
  DELETE FROM core.phase p WHERE p.job_id = ANY (v_ids);
  DELETE FROM core.computation m WHERE m.job_id = ANY (v_ids);
  RETURN cardinality(v_ids);
END $$;
