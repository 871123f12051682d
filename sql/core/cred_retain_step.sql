-- cred_retain_step(): one bounded step of retention for the credential service; how
-- many rows went, 0 when nothing is left.  What has expired is not given out
-- before it is removed either.  A staged import whose run is gone goes; so does the
-- record of a job past job_ttl_s, before the day of its queue rows.
CREATE FUNCTION core.cred_retain_step() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_now   constant timestamptz := clock_timestamp();
  v_first constant uuid := core.uuid7_floor(((v_now - core.setting_int('job_ttl_s') * interval '1 s') AT TIME ZONE 'UTC')::date);
  v_shas  bytea[];
  v_n     bigint;
BEGIN
  PERFORM core.tenant_enter('*');
  WITH
  a AS (DELETE FROM core.private_result x WHERE x.ctid = ANY (ARRAY(SELECT y.ctid FROM core.private_result y WHERE y.expires_at <= v_now LIMIT 1000)) RETURNING 1),
  b AS (DELETE FROM core.wallet_unlock x WHERE x.sha256 = ANY (ARRAY(SELECT y.sha256 FROM core.wallet_unlock y WHERE y.expires_at <= v_now LIMIT 1000)) RETURNING 1),
  c AS (DELETE FROM core.wallet_item x WHERE x.id = ANY (ARRAY(SELECT y.id FROM core.wallet_item y WHERE y.expires_at <= v_now LIMIT 1000)) RETURNING 1),
  d AS (DELETE FROM core.offer x WHERE x.ctid = ANY (ARRAY(SELECT y.ctid FROM core.offer y WHERE y.expires_at <= v_now - interval '1 day' LIMIT 1000)) RETURNING 1),
  e AS (DELETE FROM core.request_nonce x WHERE x.ctid = ANY (ARRAY(SELECT y.ctid FROM core.request_nonce y WHERE y.expires_at <= v_now - interval '1 day' LIMIT 1000)) RETURNING 1),
  f AS (DELETE FROM core.prime x WHERE x.id = ANY (ARRAY(SELECT y.id FROM core.prime y WHERE y.expires_at <= v_now LIMIT 1000)) RETURNING 1),
  g AS (DELETE FROM core.wallet x WHERE x.serial = ANY (ARRAY(
          SELECT y.serial FROM core.wallet y WHERE y.job IS NOT NULL AND y.created_at < v_now - interval '60 s'
             AND NOT EXISTS (SELECT FROM core.lease l WHERE l.id = y.job AND l.token = y.token) LIMIT 10)) RETURNING 1),
  h AS (DELETE FROM core.cred_job x WHERE x.job_id = ANY (ARRAY(
          SELECT y.job_id FROM core.cred_job y WHERE y.job_id < v_first AND y.finished_at IS NOT NULL ORDER BY y.job_id LIMIT 1000)) RETURNING 1)
  SELECT (SELECT count(*) FROM a) + (SELECT count(*) FROM b) + (SELECT count(*) FROM c) + (SELECT count(*) FROM d)
       + (SELECT count(*) FROM e) + (SELECT count(*) FROM f) + (SELECT count(*) FROM g) + (SELECT count(*) FROM h) INTO v_n;
  WITH gone AS (
    DELETE FROM core.cred_blob x WHERE x.ctid = ANY (ARRAY(SELECT y.ctid FROM core.cred_blob y WHERE y.expires_at <= v_now LIMIT 100)) RETURNING x.sha256)
  SELECT array_agg(g.sha256) INTO v_shas FROM gone g;
  PERFORM core.blob_loosen(v_shas);
  PERFORM core.tenant_enter('');
  RETURN v_n + coalesce(cardinality(v_shas), 0);
END $$;
