-- fetch_done(lease, outcome): the end of a fetch, whose lease the caller has just
-- deleted.  The script becomes the consumer's, as if it had been stored here, and
-- the computation waits for a container like any other, with the rank it has;
-- or it ends with what went wrong, and its run comes back.
CREATE FUNCTION core.fetch_done(l core.lease, p_outcome jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  r constant jsonb := p_outcome -> 'result';
  v_sha constant bytea := decode(r ->> 'sha256', 'hex');
  v_data constant bytea := decode(r ->> 'data_b64', 'base64');
  v_job core.job;
BEGIN
  IF v_data IS NULL OR v_sha IS DISTINCT FROM sha256(v_data) OR length(v_data) NOT BETWEEN 1 AND 1048576 THEN
    PERFORM core.done_add(ARRAY[ROW(l.id, l.tenant, 1, 'failed',
        CASE r ->> 'reason' WHEN 'CODE_MISMATCH' THEN 'CODE_MISMATCH' ELSE 'CODE_UNAVAILABLE' END, l.attempt, l.crashes, l.worker, NULL,
        clock_timestamp(), jsonb_build_object('detail', jsonb_build_object('why', left(r ->> 'why', 128))))::core.done]);
    RETURN;
  END IF;
  UPDATE core.job j SET spec = j.spec || jsonb_build_object('script_sha256', r ->> 'sha256') WHERE j.id = l.id RETURNING j.* INTO STRICT v_job;
  PERFORM core.script_keep(l.tenant, v_sha, v_job.spec ->> 'cid', v_data);
  UPDATE core.script s SET cid = v_job.spec ->> 'cid' WHERE s.principal = l.tenant AND s.sha256 = v_sha AND s.cid = '';
  UPDATE core.computation m SET script_sha256 = v_sha, updated_at = clock_timestamp() WHERE m.job_id = l.id;
  INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, crashes, timeout_ms)
  SELECT s.current, v_job.lane, l.band, l.tenant, l.rank, l.id, v_job.kind, l.crashes, v_job.timeout_ms FROM core.segment s;
  PERFORM core.phase_note(ARRAY[l.id]);
  PERFORM core.ring(v_job.lane);
END $$;
