-- rotate_spec(spec): is a key due, and is there a worker that can make one?
CREATE FUNCTION core.rotate_spec(p_spec jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN CASE WHEN core.agg_key_due() IS NOT NULL AND EXISTS (SELECT FROM core.worker w WHERE w.state = 'live' AND (w.lanes ->> 'agg')::int > 0) THEN p_spec END;
END $$;
