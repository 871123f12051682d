-- job_finish(ids, tokens, outcomes): end or retry what a worker ran.
-- Deletes the leases by token: where the token is gone nothing is written, and
-- the id is in the result, which is the ids that were fenced off.
-- outcomes is a JSON array beside ids; see docs/design/contract.md section 2.
-- An outcome we cannot read is a failure of ours: INTERNAL.
-- One statement ends a batch of plain jobs; retries and computations cost more.
CREATE FUNCTION core.job_finish(p_ids uuid[], p_tokens uuid[], p_outcomes jsonb) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_rest   core.done[];         -- what is not ended by the statement alone
  v_again  core.lease[];
  v_fenced uuid[];
  v_lease  core.lease;
  v_row    core.done;
BEGIN
  WITH gone AS (
    DELETE FROM core.lease l
     WHERE l.id = ANY (p_ids)                                   -- in the order of ids
       AND l.token IN (SELECT t FROM unnest(p_tokens) t)        -- hashed: ANY would try them all for each
    RETURNING l.*),
  said AS (
    SELECT u.id, u.token, o.outcome, o.done, CASE WHEN NOT o.done THEN
             (SELECT r FROM core.reason r WHERE r.code = o.outcome ->> 'reason') END AS reason
      FROM unnest(p_ids, p_tokens) WITH ORDINALITY AS u(id, token, n)
      CROSS JOIN LATERAL (SELECT x.v AS outcome, coalesce(x.v ->> 'state' = 'completed', false) AS done
                            FROM (SELECT CASE jsonb_typeof(p_outcomes -> (u.n - 1)::int)
                                         WHEN 'object' THEN p_outcomes -> (u.n - 1)::int END AS v OFFSET 0) x OFFSET 0) o),
  met AS MATERIALIZED (
    SELECT s.id, s.outcome, g.id IS NOT NULL AS ours, g.tenant, g.kind, g.attempt, g.crashes, g.worker,
           CASE WHEN s.done THEN 'completed' ELSE 'failed' END AS state,
           CASE WHEN NOT s.done THEN coalesce((s.reason).code, 'INTERNAL') END AS reason,
           coalesce((s.reason).retry AND s.outcome ->> 'state' = 'failed', false) AS again,
           CASE WHEN s.outcome -> 'started' = 'true' THEN coalesce(g.started_at, g.claimed_at) ELSE g.started_at END AS started_at,
           clock_timestamp() AS finished_at, ROW(g.*)::core.lease AS lease
      FROM said s LEFT JOIN gone g ON g.id = s.id AND g.token = s.token),
  plain AS (
    INSERT INTO core.done (id, principal, kind, state, reason, attempt, crashes, worker, started_at, finished_at, outcome)
    SELECT m.id, m.tenant, m.kind, m.state, m.reason, m.attempt, m.crashes, m.worker, m.started_at, m.finished_at, m.outcome - 'files'
      FROM met m WHERE m.ours AND m.kind <> 1 AND NOT m.again)
  SELECT array_agg(ROW(m.id, m.tenant, m.kind, m.state, m.reason, m.attempt, m.crashes, m.worker, m.started_at, m.finished_at,
                       m.outcome)::core.done ORDER BY m.id) FILTER (WHERE m.ours AND (m.kind = 1 OR m.again)),
         array_agg(m.lease ORDER BY m.id) FILTER (WHERE m.ours AND m.again),
         array_agg(m.id) FILTER (WHERE NOT m.ours)
    INTO v_rest, v_again, v_fenced FROM met m;

  IF v_again IS NOT NULL THEN
    FOREACH v_lease IN ARRAY v_again LOOP
      SELECT d.* INTO v_row FROM unnest(v_rest) d WHERE d.id = v_lease.id;
      IF core.job_again(v_lease, v_row.reason, v_row.started_at IS NOT NULL) THEN
        v_rest := ARRAY(SELECT d FROM unnest(v_rest) d WHERE d.id <> v_lease.id);
      END IF;
    END LOOP;
  END IF;
  IF cardinality(v_rest) > 0 THEN
    PERFORM core.done_add(v_rest);
  END IF;
  RETURN coalesce(v_fenced, '{}');
END $$;
