-- job_again(lease, reason, started): note a run that failed for a reason that is
-- not the job's, and queue the job again after a full-jitter exponential pause.
-- False when it had its chances: max_attempts runs that began, or start_max
-- that never did (those cost no attempt).  Runs that their worker lost
-- (WORKER_LOST: its runner died, it left) are not the job's failures; they
-- count apart, crashes of workers among them, and there are start_max of those too.
CREATE FUNCTION core.job_again(p_lease core.lease, p_reason text, p_started boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_runs   int;
  v_max    int;
  v_kind   core.kind;
  v_pause  double precision;
BEGIN
  INSERT INTO core.attempt (id, attempt, worker, reason, started)
  VALUES (p_lease.id, p_lease.attempt, p_lease.worker, p_reason, p_started);
  SELECT count(*) INTO v_runs FROM core.attempt a
   WHERE a.id = p_lease.id
     AND CASE p_reason WHEN 'WORKER_LOST' THEN a.reason = 'WORKER_LOST'
         ELSE a.started = p_started AND a.reason <> 'WORKER_LOST' END;
  IF p_started AND p_reason <> 'WORKER_LOST' THEN
    SELECT j.max_attempts INTO v_max FROM core.job j WHERE j.id = p_lease.id;
  ELSE
    v_max := core.setting_int('start_max');
  END IF;
  IF v_runs >= v_max THEN
    RETURN false;
  END IF;
  SELECT * INTO STRICT v_kind FROM core.kind k WHERE k.id = p_lease.kind;
  v_pause := random() * least(v_kind.backoff_cap_ms, v_kind.backoff_ms * 2.0 ^ least(v_runs, 30));
  INSERT INTO core.later (due, id, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms, why)
  VALUES (clock_timestamp() + v_pause * interval '1 ms', p_lease.id, p_lease.lane, p_lease.band, p_lease.tenant, p_lease.rank,
          p_lease.kind, p_lease.attempt - (NOT p_started)::int, p_lease.crashes, p_lease.timeout_ms, 'retry');
  IF p_lease.kind = 1 THEN
    PERFORM core.phase_note(ARRAY[p_lease.id]);
  END IF;
  RETURN true;
END $$;
