-- scrub_keys(): the private half of an HPKE key whose time is over goes when no report that was
-- stored in its time is left to be opened: none that waits, none in a job that runs; how many went.
-- The hour is for uploads and requests that were under way.  What waits is read once, and only when there is such a key.
CREATE FUNCTION core.scrub_keys() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_before constant timestamptz := clock_timestamp() - interval '1 h';
  v_oldest timestamptz;
  v_n bigint := 0;
BEGIN
  IF EXISTS (SELECT FROM core.agg_hpke_key k WHERE k.sealed IS NOT NULL AND k.gone_at < v_before) THEN
    SELECT least(min(coalesce(j.since, j.created_at)), (SELECT min(coalesce(s.since, s.at)) FROM core.agg_stored s)) INTO v_oldest
      FROM core.agg_job j WHERE j.state IN ('new', 'sent');
    UPDATE core.agg_hpke_key k SET sealed = NULL WHERE k.sealed IS NOT NULL AND k.gone_at < v_before AND (v_oldest < k.gone_at) IS NOT TRUE;
    GET DIAGNOSTICS v_n = ROW_COUNT;
  END IF;
  RETURN v_n;
END $$;
