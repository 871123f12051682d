-- scrub_spec(spec): are there tasks to look after?
CREATE FUNCTION core.scrub_spec(p_spec jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN CASE WHEN EXISTS (SELECT FROM core.agg_task) OR EXISTS (SELECT FROM core.agg_segment)
              OR EXISTS (SELECT FROM core.agg_hpke_key k WHERE k.gone_at < clock_timestamp() AND k.sealed IS NOT NULL) THEN p_spec END;
END $$;
