-- agg_outcomes(job, outcomes): what became of each report, as rows; words are those of
-- prepare errors and 'accepted'.
CREATE FUNCTION core.agg_outcomes(j core.agg_job, p_outcomes jsonb) RETURNS TABLE (id uuid, word text, bucket bytea, "time" bigint) LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN QUERY
    SELECT core.id16(o ->> 'id'), CASE WHEN o ->> 'word' ~ '^[a-z0-9_]{1,32}$' THEN o ->> 'word' END, coalesce(decode(o ->> 'bucket', 'base64'), j.bucket), (o ->> 'time')::bigint
      FROM jsonb_array_elements(p_outcomes) o;
END $$;
