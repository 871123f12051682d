-- log_live(computation, stream number, from): output of a run under way from a byte
-- on, at most 256 KiB, and what to wait for when there is none yet.  Its worker is
-- told that somebody reads; it copies for half a minute after each time.
CREATE FUNCTION core.log_live(m core.computation, p_stream smallint, p_from bigint) RETURNS core.answer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  l core.lease;
  v_data bytea;
BEGIN
  SELECT * INTO l FROM core.lease x WHERE x.id = m.job_id;
  IF l.started_at IS NOT NULL THEN
    PERFORM pg_notify('w' || l.worker, 'logs ' || m.job_id);
    SELECT string_agg(substr(x.data, greatest(p_from - x.at, 0)::int + 1), '' ORDER BY x.at) INTO v_data
      FROM (SELECT y.at, y.data FROM core.log_part y
             WHERE y.job_id = m.job_id AND y.token = l.token AND y.stream = p_stream AND y.at > p_from - 65536 AND y.at + length(y.data) > p_from
             ORDER BY y.at LIMIT 4) x;
  END IF;
  RETURN core.ok(200, NULL, jsonb_build_object('live', jsonb_build_object('from', p_from, 'run', coalesce(l.attempt, 0),
      'b64', replace(coalesce(encode(v_data, 'base64'), ''), E'\n', '')))
    || CASE WHEN v_data IS NULL THEN jsonb_build_object('wait_id', core.log_id(m.job_id), 'final', false) ELSE '{}' END);
END $$;
