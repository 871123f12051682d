-- job_finish(ids, tokens, outcomes): end or retry what a worker ran.
-- Deletes the leases by token: where the token is gone nothing is written, and
-- the id is in the result, which is the ids that were fenced off.
-- outcomes is a JSON array beside ids; see docs/design/contract.md section 2.
-- An outcome we cannot read is a failure of ours: INTERNAL.
CREATE FUNCTION core.job_finish(p_ids uuid[], p_tokens uuid[], p_outcomes jsonb) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_done   core.done[];
  v_again  core.lease[];
  v_fenced uuid[];
  v_lease  core.lease;
  v_row    core.done;
BEGIN
  WITH gone AS (
    DELETE FROM core.lease l
     WHERE l.id = ANY (p_ids) AND l.token = ANY (p_tokens)      -- in the order of ids
    RETURNING l.*),
  said AS (
    SELECT u.id, u.token, CASE jsonb_typeof(o.value) WHEN 'object' THEN o.value END AS outcome,
           CASE o.value ->> 'state' WHEN 'completed' THEN 'completed' ELSE 'failed' END AS state,
           CASE o.value ->> 'state' WHEN 'completed' THEN NULL ELSE coalesce(r.code, 'INTERNAL') END AS reason,
           coalesce(o.value -> 'started' = 'true', false) AS started,
           coalesce(r.retry AND o.value ->> 'state' = 'failed', false) AS again
      FROM unnest(p_ids, p_tokens) WITH ORDINALITY AS u(id, token, n)
      LEFT JOIN jsonb_array_elements(p_outcomes) WITH ORDINALITY AS o(value, n) ON o.n = u.n
      LEFT JOIN core.reason r ON r.code = o.value ->> 'reason'),
  met AS (
    SELECT s.*, g.id IS NOT NULL AS ours,
           ROW(g.id, g.tenant, g.kind, s.state, s.reason, g.attempt, g.crashes, g.worker,
               CASE WHEN s.started THEN coalesce(g.started_at, g.claimed_at) ELSE g.started_at END,
               clock_timestamp(), s.outcome)::core.done AS done,
           ROW(g.*)::core.lease AS lease
      FROM said s LEFT JOIN gone g ON g.id = s.id AND g.token = s.token)
  SELECT array_agg(b.done ORDER BY b.id) FILTER (WHERE b.ours),
         array_agg(b.lease ORDER BY b.id) FILTER (WHERE b.ours AND b.again),
         array_agg(b.id) FILTER (WHERE NOT b.ours)
    INTO v_done, v_again, v_fenced FROM met b;

  IF v_again IS NOT NULL THEN
    FOREACH v_lease IN ARRAY v_again LOOP
      SELECT d.* INTO v_row FROM unnest(v_done) d WHERE d.id = v_lease.id;
      IF core.job_again(v_lease, v_row.reason, v_row.started_at IS NOT NULL) THEN
        v_done := ARRAY(SELECT d FROM unnest(v_done) d WHERE d.id <> v_lease.id);
      END IF;
    END LOOP;
  END IF;
  IF cardinality(v_done) > 0 THEN
    PERFORM core.done_add(v_done);
  END IF;
  RETURN coalesce(v_fenced, '{}');
END $$;
