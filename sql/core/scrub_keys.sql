-- scrub_keys(): the private half of an HPKE key whose time is over goes when no report that was
-- stored in its time is left to be opened: none that waits, none in a job that runs; how many went.
-- The hour is for uploads and requests that were under way.
CREATE FUNCTION core.scrub_keys() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_n bigint;
BEGIN
  UPDATE core.agg_hpke_key k SET sealed = NULL
   WHERE k.sealed IS NOT NULL AND k.gone_at < clock_timestamp() - interval '1 h'
     AND NOT EXISTS (SELECT FROM core.agg_job j WHERE j.state IN ('new', 'sent') AND coalesce(j.since, j.created_at) < k.gone_at)
     AND NOT EXISTS (SELECT FROM core.agg_stored s WHERE coalesce(s.since, s.at) < k.gone_at);
  GET DIAGNOSTICS v_n = ROW_COUNT;
  RETURN v_n;
END $$;
