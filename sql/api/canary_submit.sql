-- canary_submit(worker, marker): queue a script that prints the marker, ahead of
-- everything, to prove that the pool works.  The worker that claims it compares.
-- NULL when one is already waiting or running, or no image is allowed.
CREATE FUNCTION api.canary_submit(p_worker int, p_marker text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_image core.image;
  v_id    uuid;
BEGIN
  IF p_marker !~ '^[A-Za-z0-9]{1,64}$' THEN
    RAISE EXCEPTION 'marker: 1 to 64 letters and digits' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM pg_advisory_xact_lock(1001, 3);
  IF EXISTS (SELECT FROM core.ready r WHERE r.seg IN (0, 1) AND r.lane = 1 AND r.band = 0 AND r.tenant = 0 AND r.kind = 4)
     OR EXISTS (SELECT FROM core.lease l WHERE l.tenant = 0 AND l.kind = 4) THEN
    RETURN NULL;
  END IF;
  SELECT i.* INTO v_image FROM core.image i WHERE i.allowed
   ORDER BY i.name = core.setting_text('default_image') DESC, i.name LIMIT 1;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  v_id := core.enqueue(4::smallint, 0, jsonb_build_object(
    'marker', p_marker, 'code', format(E'print("%s")\n', p_marker),
    'image', v_image.name, 'image_digest', v_image.digest,
    'inputs', '[]'::jsonb, 'params', '{}'::jsonb, 'outputs', '[]'::jsonb, 'isolation', 'zygote',
    'limits', '{"cpus": 1, "memory_mb": 128, "wall_s": 30, "disk_mb": 16, "pids": 32, "artifacts": 1, "output_mb": 1, "log_kb": 16}'::jsonb),
    p_band => 0, p_expires_at => clock_timestamp() + interval '60 s');
  PERFORM core.ring(1::smallint);
  RETURN v_id;
END $$;
