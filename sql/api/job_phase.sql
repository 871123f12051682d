-- job_phase(ids, tokens, phases): where running jobs are.  'running' is the
-- script's first line: it starts the clock, and the deadline is the timeout or
-- the end of the data lease, whichever comes first.  ok is false where the token
-- is gone (kill it); deadline_ms is the time left, NULL before the first line.
-- Said twice, the first time counts.  A fetch has no first line.
CREATE FUNCTION api.job_phase(p_ids uuid[], p_tokens uuid[], p_phases text[])
RETURNS TABLE (id uuid, ok boolean, deadline_ms bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
BEGIN
  IF NOT p_phases <@ '{fetching,starting,running,collecting}' THEN
    RAISE EXCEPTION 'phases: fetching, starting, running or collecting' USING ERRCODE = 'check_violation';
  END IF;
  RETURN QUERY
    WITH said AS (
      SELECT u.id, u.token, u.phase FROM unnest(p_ids, p_tokens, p_phases) AS u(id, token, phase)),
    moved AS (
      UPDATE core.lease l
         SET phase = CASE l.kind WHEN 11 THEN 'fetching' ELSE s.phase END,
             started_at = CASE WHEN s.phase = 'running' AND l.kind <> 11 THEN coalesce(l.started_at, v_now) ELSE l.started_at END,
             deadline = CASE WHEN s.phase = 'running' THEN coalesce(l.deadline, least(v_now + l.timeout_ms * interval '1 ms',
               (SELECT d.expires_at FROM core.computation c JOIN core.data_lease d ON d.serial = c.serial WHERE c.job_id = l.id)))
               ELSE l.deadline END
        FROM said s WHERE l.id = s.id AND l.token = s.token
      RETURNING l.id, l.token, l.deadline)
    SELECT s.id, m.id IS NOT NULL,
           CASE WHEN m.deadline IS NOT NULL THEN greatest(0, extract(epoch FROM m.deadline - v_now) * 1000)::bigint END
      FROM said s LEFT JOIN moved m ON m.id = s.id AND m.token = s.token;
  PERFORM core.phase_note(p_ids);
  PERFORM core.announce(p_ids);
END $$;
