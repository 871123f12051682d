-- job_finish(ids, tokens, outcomes): end or retry what a worker ran.
-- Deletes the leases by token: where the token is gone nothing is written, and
-- the id is in the result, which is the ids that were fenced off.
-- outcomes is a JSON array beside ids, see docs/design/contract.md section 2; NULL:
-- all completed, and nothing is to be kept.  An outcome we cannot read is a failure
-- of ours: INTERNAL.
-- One completed job takes two small statements, a batch of plain jobs one large
-- one; retries and jobs of services cost more.  Fetches that completed and jobs of
-- executor fork that completed or wait are taken over by functions of their own, which may
-- queue them again.
CREATE FUNCTION core.job_finish(p_ids uuid[], p_tokens uuid[], p_outcomes jsonb) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_kept    uuid[];             -- tokens that were still held
  v_rest    core.done[];        -- what is not ended by the statement alone
  v_again   core.lease[];
  v_over    core.lease[];       -- completed or waiting, and taken over; and how each ended
  v_found   jsonb[];
  v_lease   core.lease;
  v_row     core.done;
BEGIN
  IF cardinality(p_ids) = 1 AND (p_outcomes IS NULL OR p_outcomes -> 0 ->> 'state' = 'completed') THEN
    RETURN core.job_complete(p_ids[1], p_tokens[1], p_outcomes -> 0);
  END IF;
  WITH said AS (
    SELECT u.id, u.token, o.outcome, p_outcomes IS NULL OR coalesce(o.outcome ->> 'state' = 'completed', false) AS done,
           p_outcomes IS NULL OR coalesce(o.outcome -> 'started' = 'true', false) AS ran
      FROM ROWS FROM (unnest(p_ids), unnest(p_tokens), jsonb_array_elements(p_outcomes)) AS u(id, token, said)
      CROSS JOIN LATERAL (SELECT CASE jsonb_typeof(u.said) WHEN 'object' THEN u.said END AS outcome) o),
  gone AS (
    DELETE FROM core.lease l
     WHERE l.id = ANY (p_ids)                                   -- in the order of ids
       AND (l.id, l.token) IN (SELECT u.id, u.token FROM unnest(p_ids, p_tokens) u(id, token))  -- hashed
    RETURNING l.*),
  met AS MATERIALIZED (
    SELECT g.*, s.outcome, s.done, k.service IS NULL AND NOT coalesce(s.outcome ? 'result', false) AS plain,
           CASE k.executor WHEN 'fork' THEN s.done OR s.outcome ->> 'state' = 'waiting' ELSE s.done AND k.part_of IS NOT NULL END IS TRUE AS over,
           CASE WHEN k.part_of IS NOT NULL THEN NULL WHEN s.ran THEN coalesce(g.started_at, g.claimed_at) ELSE g.started_at END AS began,
           CASE WHEN NOT s.done THEN (SELECT r FROM core.reason r WHERE r.code = CASE
             WHEN k.part_of IS NOT NULL AND s.outcome ->> 'reason' = 'TIMEOUT' THEN 'CODE_UNAVAILABLE' ELSE s.outcome ->> 'reason' END) END AS why
      FROM gone g JOIN said s ON s.id = g.id AND s.token = g.token JOIN core.kind k ON k.id = g.kind),
  plain AS (
    INSERT INTO core.done (id, principal, kind, state, attempt, crashes, worker, started_at, outcome)
    SELECT m.id, m.tenant, m.kind, 'completed', m.attempt, m.crashes, m.worker, m.began, m.outcome - 'files'
      FROM met m WHERE m.done AND m.plain)
  SELECT array_agg(m.token),
         array_agg(ROW(m.id, m.tenant, m.kind, CASE WHEN m.done THEN 'completed' ELSE 'failed' END,
                       CASE WHEN NOT m.done THEN coalesce((m.why).code, 'INTERNAL') END, m.attempt, m.crashes, m.worker, m.began,
                       clock_timestamp(), m.outcome)::core.done ORDER BY m.id) FILTER (WHERE NOT m.over AND NOT (m.done AND m.plain)),
         array_agg(ROW(m.id, m.token, m.worker, m.lane, m.band, m.tenant, m.rank, m.kind, m.attempt, m.crashes, m.timeout_ms, m.claimed_at,
                       m.started_at, m.deadline, m.phase, m.usage)::core.lease ORDER BY m.id)
           FILTER (WHERE (m.why).retry AND m.outcome ->> 'state' = 'failed'),
         array_agg(ROW(m.id, m.token, m.worker, m.lane, m.band, m.tenant, m.rank, m.kind, m.attempt, m.crashes, m.timeout_ms, m.claimed_at,
                       m.began, m.deadline, m.phase, m.usage)::core.lease ORDER BY m.id) FILTER (WHERE m.over),
         array_agg(m.outcome ORDER BY m.id) FILTER (WHERE m.over)
    INTO v_kept, v_rest, v_again, v_over, v_found FROM met m;

  IF v_again IS NOT NULL THEN
    FOREACH v_lease IN ARRAY v_again LOOP
      SELECT d.* INTO v_row FROM unnest(v_rest) d WHERE d.id = v_lease.id;
      IF core.job_again(v_lease, v_row.reason, v_row.started_at IS NOT NULL) THEN
        v_rest := ARRAY(SELECT d FROM unnest(v_rest) d WHERE d.id <> v_lease.id);
      END IF;
    END LOOP;
  END IF;
  FOR i IN 1 .. coalesce(cardinality(v_over), 0) LOOP
    IF EXISTS (SELECT FROM core.kind k WHERE k.id = (v_over[i]).kind AND k.executor = 'fork') THEN
      PERFORM core.fork_done(v_over[i], v_found[i]);
    ELSE
      PERFORM core.fetch_done(v_over[i], v_found[i]);
    END IF;
  END LOOP;
  IF cardinality(v_rest) > 0 THEN
    PERFORM core.done_add(v_rest);
  END IF;
  IF cardinality(v_kept) = cardinality(p_ids) THEN
    RETURN '{}';
  END IF;
  RETURN ARRAY(SELECT u.id FROM unnest(p_ids, p_tokens) u(id, token) WHERE (u.token = ANY (v_kept)) IS NOT TRUE);
END $$;
