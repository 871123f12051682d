-- job_state(id): where a job is: state queued, later, running, completed,
-- failed, cancelled or dead; phase is the lease's while it runs, fetching while it
-- waits for that, else NULL.
-- No row for an unknown id.  due: of 'later' its time, of 'running' its deadline.
-- STABLE: all looks share one snapshot, so a job is in exactly one place.
CREATE FUNCTION core.job_state(p_id uuid)
RETURNS TABLE (state text, phase text, reason text, attempt int, crashes int, worker int,
               started_at timestamptz, finished_at timestamptz, due timestamptz, outcome jsonb, usage jsonb)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY SELECT d.state, NULL::text, d.reason, d.attempt::int, d.crashes::int, d.worker, d.started_at,
                      d.finished_at, NULL::timestamptz, d.outcome, NULL::jsonb
                 FROM core.done d WHERE d.id = p_id;
  IF FOUND THEN RETURN; END IF;
  RETURN QUERY SELECT 'running', l.phase, NULL::text, l.attempt::int, l.crashes::int, l.worker, l.started_at,
                      NULL::timestamptz, l.deadline, NULL::jsonb, l.usage
                 FROM core.lease l WHERE l.id = p_id;
  IF FOUND THEN RETURN; END IF;
  RETURN QUERY SELECT 'later', CASE l.kind WHEN 11 THEN 'fetching' END, l.why, l.attempt::int, l.crashes::int, NULL::int, NULL::timestamptz,
                      NULL::timestamptz, l.due, NULL::jsonb, NULL::jsonb
                 FROM core.later l WHERE l.id = p_id;
  IF FOUND THEN RETURN; END IF;
  RETURN QUERY SELECT 'queued', CASE r.kind WHEN 11 THEN 'fetching' END, NULL::text, r.attempt::int, r.crashes::int, NULL::int, NULL::timestamptz,
                      NULL::timestamptz, NULL::timestamptz, NULL::jsonb, NULL::jsonb
                 FROM core.job j CROSS JOIN LATERAL core.ready_find(j) r
                WHERE j.id = p_id AND r.id = p_id;
END $$;
