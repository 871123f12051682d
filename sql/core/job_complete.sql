-- job_complete(id, token, outcome): end one job that a worker has completed; the
-- ids that were fenced off.  outcome NULL: there is nothing to keep.
CREATE FUNCTION core.job_complete(p_id uuid, p_token uuid, p_outcome jsonb) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  l core.lease;
  v_service text;
  v_executor text;
  v_part_of smallint;
BEGIN
  DELETE FROM core.lease x WHERE x.id = p_id AND x.token = p_token RETURNING x.* INTO l;
  IF NOT FOUND THEN
    RETURN ARRAY[p_id];
  END IF;
  IF p_outcome IS NULL OR p_outcome -> 'started' = 'true' THEN
    l.started_at := coalesce(l.started_at, l.claimed_at);
  END IF;
  SELECT k.service, k.executor, k.part_of INTO v_service, v_executor, v_part_of FROM core.kind k WHERE k.id = l.kind;
  IF v_part_of IS NOT NULL THEN
    PERFORM core.fetch_done(l, p_outcome);
  ELSIF v_executor = 'fork' THEN
    PERFORM core.fork_done(l, p_outcome);
  ELSIF v_service IS NOT NULL OR p_outcome ? 'result' THEN
    PERFORM core.done_add(ARRAY[ROW(l.id, l.tenant, l.kind, 'completed', NULL, l.attempt, l.crashes, l.worker, l.started_at,
                                    clock_timestamp(), p_outcome)::core.done]);
  ELSE
    INSERT INTO core.done (id, principal, kind, state, attempt, crashes, worker, started_at, outcome)
    VALUES (l.id, l.tenant, l.kind, 'completed', l.attempt, l.crashes, l.worker, l.started_at, p_outcome - 'files');
  END IF;
  RETURN '{}';
END $$;
