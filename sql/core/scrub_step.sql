-- scrub_step(job, spec): kind dap.scrub: what is needed no more goes; NULL while something may be left.
CREATE FUNCTION core.scrub_step(p_job uuid, p_spec jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF core.scrub_segments() + core.scrub_keys() + core.scrub_answers() + core.scrub_reports() + core.scrub_tasks() > 0 THEN
    RETURN NULL;
  END IF;
  RETURN '{"state": "completed", "started": true}';
END $$;
