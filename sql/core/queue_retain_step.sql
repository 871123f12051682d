-- queue_retain_step(): remove what only the queue remembers, at most 1,000 rows
-- of each kind; how many went.  A nonce must outlive every timestamp it could be
-- replayed with; an idempotency key its job by idem_ttl_s; a gone worker's row
-- its leases.
CREATE FUNCTION core.queue_retain_step() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_now   timestamptz := clock_timestamp();
  v_nonce timestamptz := v_now - (2 * core.setting_int('auth_window_s') + 60) * interval '1 s';
  v_idem  timestamptz := v_now - core.setting_int('idem_ttl_s') * interval '1 s';
  v_first uuid := core.uuid7_floor(((v_now - core.setting_int('job_ttl_s') * interval '1 s') AT TIME ZONE 'UTC')::date);
  v_n     bigint;
BEGIN
  WITH
  a AS (DELETE FROM core.nonce n WHERE n.ctid = ANY (ARRAY(
          SELECT x.ctid FROM core.nonce x WHERE x.at < v_nonce ORDER BY x.at LIMIT 1000)) RETURNING 1),
  b AS (DELETE FROM core.nonce_read n WHERE n.ctid = ANY (ARRAY(
          SELECT x.ctid FROM core.nonce_read x WHERE x.at < v_nonce ORDER BY x.at LIMIT 1000)) RETURNING 1),
  c AS (DELETE FROM core.idem i WHERE i.ctid = ANY (ARRAY(
          SELECT x.ctid FROM core.idem x
           WHERE x.created_at < v_idem
             AND (x.job_id IS NULL OR EXISTS (SELECT FROM core.done d WHERE d.id = x.job_id AND d.finished_at < v_idem)
                  OR NOT EXISTS (SELECT FROM core.job j WHERE j.id = x.job_id))
           ORDER BY x.created_at LIMIT 1000)) RETURNING 1),
  d AS (DELETE FROM core.rate r WHERE r.at < v_now - interval '1 day' RETURNING 1),
  e AS (DELETE FROM core.attempt t WHERE t.ctid = ANY (ARRAY(
          SELECT x.ctid FROM core.attempt x WHERE x.id < v_first ORDER BY x.id LIMIT 1000)) RETURNING 1),
  f AS (DELETE FROM core.worker w WHERE w.state = 'gone' AND w.beat < v_now - interval '1 day'
          AND NOT EXISTS (SELECT FROM core.lease l WHERE l.worker = w.id) RETURNING 1)
  SELECT (SELECT count(*) FROM a) + (SELECT count(*) FROM b) + (SELECT count(*) FROM c)
       + (SELECT count(*) FROM d) + (SELECT count(*) FROM e) + (SELECT count(*) FROM f) INTO v_n;
  RETURN v_n;
END $$;
