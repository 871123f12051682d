-- done_add(rows): writes core.done, and nobody else does but job_finish, for
-- plain kinds, and fork_done.  The caller has taken the jobs out of ready, later or lease in
-- this transaction.  What belongs to the end of a job of a service (of a computation:
-- release, artifacts, runs of its data lease) happens here too, and the bytes of
-- its files stay out of done.  Computations go in the order of their data leases, so
-- that two batches lock those in one order.  A result goes to the function of its
-- kind.  The end of a stage is the end of what it is a part of (core.kind.part_of).
-- Any other word than the four states becomes NULL, which the table refuses; what
-- does not come by here (job_finish, job_complete, fork_done) writes constants.
CREATE FUNCTION core.done_add(p_rows core.done[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  r record;
BEGIN
  INSERT INTO core.done
  SELECT d.id, d.principal, coalesce(k.part_of, d.kind),
         CASE WHEN d.state IN ('completed', 'failed', 'cancelled', 'dead') THEN d.state END, d.reason, d.attempt, d.crashes, d.worker, d.started_at, d.finished_at,
         d.outcome - '{files,result}'::text[]
    FROM unnest(p_rows) d JOIN core.kind k ON k.id = d.kind;
  FOR r IN
    SELECT d.id, d.kind, d.state, d.reason, d.outcome, k.service,
           d.started_at IS NOT NULL AS started
      FROM unnest(p_rows) d JOIN core.kind k ON k.id = d.kind LEFT JOIN core.computation c ON c.job_id = d.id
     WHERE k.service IS NOT NULL
     ORDER BY c.serial, d.id
  LOOP
    IF r.service = 'compute' THEN
      PERFORM core.compute_finished(r.id, r.state, r.reason, r.started, r.outcome);
    ELSE
      EXECUTE format('SELECT %s($1, $2)', core.service_call(r.kind, 'finished')) USING r.id, r.state;
    END IF;
  END LOOP;
  IF EXISTS (SELECT FROM unnest(p_rows) d WHERE d.outcome ? 'result') THEN
    FOR r IN
      SELECT d.id, k.sql_result, d.outcome -> 'result' AS result
        FROM unnest(p_rows) d JOIN core.kind k ON k.id = d.kind
       WHERE d.state = 'completed' AND d.outcome ? 'result' AND k.sql_result IS NOT NULL
       ORDER BY d.id
    LOOP
      EXECUTE format('SELECT core.%I($1, $2)', r.sql_result) USING r.id, r.result;
    END LOOP;
  END IF;
END $$;
