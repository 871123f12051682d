-- scrub_step(job, spec): kind dap.scrub: of one part of retention, what is needed no more goes; NULL: call again.
-- A call ends after some 200 ms, and the job, whose lane others need, after a second: what is left is said, for core.scrub_spec.
CREATE FUNCTION core.scrub_step(p_job uuid, p_spec jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_of constant text := (SELECT s.name FROM core.agg_scrub s WHERE s.name = p_spec ->> 'of');
  v_n bigint := 0;
BEGIN
  IF v_of IS NOT NULL THEN
    EXECUTE format('SELECT core.%I()', 'scrub_' || v_of) INTO v_n;
    IF v_n > 0 AND EXISTS (SELECT FROM core.lease l WHERE l.id = p_job AND l.claimed_at > clock_timestamp() - interval '1 s') THEN
      RETURN NULL;
    END IF;
    UPDATE core.agg_scrub s SET more = v_n > 0 WHERE s.name = v_of;
  END IF;
  RETURN '{"state": "completed", "started": true}';
END $$;
