-- compute_open(principals, public ids, artifact modes): what their consumers read
-- of those of these computations that are not final; n: their place.  One snapshot
-- for all, so each job is in exactly one place (as core.job_state); a computation
-- that is final, somebody else's, or queued under another rank than it was
-- submitted with has no row here: core.compute_read.
CREATE FUNCTION core.compute_open(p_principals int[], p_ids uuid[], p_modes text[])
RETURNS TABLE (n int, job_id uuid, body text, etag text) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  r record;
  f core.queue_front;
  v_tenant int;
  v_why text;
BEGIN
  FOR r IN
    SELECT u.n, m.job_id, u.mode, q.lane, q.band, q.tenant, q.rank, coalesce(d.outcome -> 'usage', l.usage) AS usage,
           jsonb_strip_nulls(jsonb_build_object('status', w.status, 'computation_id', core.comp_id(m.public_id), 'phase', w.phase,
             'priority', j.priority, 'attempt', coalesce(d.attempt, l.attempt, t.attempt, q.attempt), 'created_at', core.ts(j.created_at),
             'updated_at', core.ts(greatest(m.updated_at, s.started_at, d.finished_at)),
             'started_at', core.ts(s.started_at), 'finished_at', core.ts(d.finished_at), 'label', m.label)) AS told
      FROM ROWS FROM (unnest(p_principals), unnest(p_ids), unnest(p_modes)) WITH ORDINALITY u (principal, id, mode, n)
      JOIN core.computation m ON m.public_id = u.id AND m.principal = u.principal
      JOIN core.job j ON j.id = m.job_id
      LEFT JOIN core.done d ON d.id = m.job_id
      LEFT JOIN core.lease l ON l.id = m.job_id
      LEFT JOIN core.later t ON t.id = m.job_id
      LEFT JOIN LATERAL (
        SELECT x.*
          FROM (VALUES (1::smallint), (0), (2), (3)) b (band) CROSS JOIN (VALUES (0::smallint), (1)) g (seg)
         CROSS JOIN LATERAL (
           SELECT y.* FROM core.ready y
            WHERE y.seg = g.seg AND y.lane = j.lane AND y.band = b.band AND y.tenant = j.principal
              AND y.rank = core.rank_at(j.created_at, j.priority) AND y.id = j.id LIMIT 1) x
         WHERE d.id IS NULL AND l.id IS NULL AND t.id IS NULL
         LIMIT 1) q ON true
     CROSS JOIN LATERAL (SELECT coalesce(d.started_at, l.started_at) AS started_at,
         CASE WHEN d.id IS NOT NULL THEN d.state WHEN l.id IS NOT NULL THEN 'running' WHEN t.id IS NOT NULL THEN 'later' WHEN q.id IS NOT NULL THEN 'queued' END AS state) s
     CROSS JOIN LATERAL core.public_status(s.state, l.phase, NULL, m.release_state, m.release_code) w
     WHERE s.state IS NOT NULL AND w.status = 'pending'
     ORDER BY q.lane, q.band, q.tenant
  LOOP
    IF r.rank IS NOT NULL THEN
      IF f.lane IS DISTINCT FROM r.lane OR f.band IS DISTINCT FROM r.band THEN
        f := core.queue_front(r.lane, r.band, true);
        v_tenant := NULL;
      END IF;
      IF v_tenant IS DISTINCT FROM r.tenant THEN
        v_tenant := r.tenant;
        v_why := core.wait_reason(r.lane, r.tenant);
      END IF;
      r.told := r.told || core.queue_place(f, r.rank, v_why);
    END IF;
    n := r.n;
    job_id := r.job_id;
    etag := md5((r.told - '{queue_position,queue_position_capped,eta_s}'::text[])::text || r.mode);
    body := CASE WHEN r.usage IS NULL THEN r.told ELSE r.told || jsonb_strip_nulls(jsonb_build_object('usage', core.public_usage(r.usage))) END;
    RETURN NEXT;
  END LOOP;
END $$;
