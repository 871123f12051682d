-- scrub_spec(spec): the part of retention whose turn it is, {"of": name}: each once a minute, and in turns
-- while they leave something; NULL: none.  Said once it is chosen, so one that fails lets the others go on.
CREATE FUNCTION core.scrub_spec(p_spec jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_now constant timestamptz := clock_timestamp();
  v_of text;
BEGIN
  IF NOT EXISTS (SELECT FROM core.agg_task) AND NOT EXISTS (SELECT FROM core.agg_segment)
     AND NOT EXISTS (SELECT FROM core.agg_hpke_key k WHERE k.gone_at < v_now AND k.sealed IS NOT NULL) THEN
    RETURN NULL;
  END IF;
  UPDATE core.agg_scrub s SET looked_at = v_now
   WHERE s.name = (SELECT x.name FROM core.agg_scrub x WHERE x.more OR x.looked_at < v_now - interval '60 s' ORDER BY x.looked_at, x.name LIMIT 1)
  RETURNING s.name INTO v_of;
  RETURN CASE WHEN v_of IS NOT NULL THEN p_spec || jsonb_build_object('of', v_of) END;
END $$;
