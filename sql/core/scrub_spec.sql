-- scrub_spec(spec): are there tasks to look after?
CREATE FUNCTION core.scrub_spec(p_spec jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN CASE WHEN EXISTS (SELECT FROM core.agg_task) OR EXISTS (SELECT FROM core.agg_segment) THEN p_spec END;
END $$;
