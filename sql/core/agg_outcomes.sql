-- agg_outcomes(job, outcomes): what became of each report, as arrays beside each other; words are
-- those of prepare errors and 'accepted', NULL for what is no word.
CREATE FUNCTION core.agg_outcomes(j core.agg_job, p_outcomes jsonb, OUT ids uuid[], OUT words text[], OUT buckets bytea[], OUT times bigint[]) LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  SELECT coalesce(array_agg(core.id16(o.id)), '{}'), coalesce(array_agg(CASE WHEN o.word ~ '^[a-z0-9_]{1,32}$' THEN o.word END), '{}'),
         coalesce(array_agg(CASE WHEN o.bucket IS NULL THEN j.bucket ELSE decode(o.bucket, 'base64') END), '{}'), coalesce(array_agg(o.time), '{}')
    INTO ids, words, buckets, times FROM jsonb_to_recordset(p_outcomes) o(id text, word text, bucket text, time bigint);
END $$;
