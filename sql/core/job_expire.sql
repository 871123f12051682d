-- job_expire(): end queued jobs that waited past expires_at, at most 500 a call.
-- Reads core.job in the order of expires_at from where it stopped last time, so
-- each job is looked at once.  A job that has ever run is not ended.  One whose
-- submit committed after its own expiry is passed over; its claim ends it.
CREATE FUNCTION core.job_expire() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_now  timestamptz := clock_timestamp();
  v_mark core.watermark;
  r      record;
  v_seen int := 0;
  v_n    bigint := 0;
BEGIN
  SELECT * INTO STRICT v_mark FROM core.watermark w WHERE w.step = 'expire' FOR UPDATE;
  FOR r IN
    SELECT j.id, j.expires_at FROM core.job j
     WHERE (j.expires_at, j.id) > (v_mark.at, v_mark.id) AND j.expires_at <= v_now
     ORDER BY j.expires_at, j.id LIMIT 500
  LOOP
    v_seen := v_seen + 1;
    v_mark.at := r.expires_at;
    v_mark.id := r.id;
    IF EXISTS (SELECT FROM core.job_state(r.id) s WHERE s.state IN ('queued', 'later') AND s.attempt = 0)
       AND core.job_final(r.id, 'failed', 'QUEUE_EXPIRED') = 'failed' THEN
      v_n := v_n + 1;
    END IF;
  END LOOP;
  IF v_seen < 500 THEN
    v_mark.at := v_now;
    v_mark.id := '00000000-0000-0000-0000-000000000000';
  END IF;
  UPDATE core.watermark w SET at = v_mark.at, id = v_mark.id WHERE w.step = 'expire';
  RETURN v_n;
END $$;
