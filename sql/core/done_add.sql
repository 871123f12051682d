-- done_add(rows): writes core.done, and nobody else does but job_finish, for
-- plain kinds.  The caller has taken the jobs out of ready, later or lease in
-- this transaction.  What belongs to the end of a computation (release,
-- artifacts, runs of its data lease) happens here too, and the bytes of its files
-- stay out of done.  Computations go in the order of their data leases, so that
-- two batches lock those in one order.
CREATE FUNCTION core.done_add(p_rows core.done[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  r record;
BEGIN
  INSERT INTO core.done
  SELECT d.id, d.principal, d.kind, d.state, d.reason, d.attempt, d.crashes, d.worker, d.started_at, d.finished_at,
         d.outcome - 'files'
    FROM unnest(p_rows) d;
  FOR r IN
    SELECT d.id, d.state, d.reason, d.outcome,
           d.started_at IS NOT NULL AS started
      FROM unnest(p_rows) d LEFT JOIN core.computation c ON c.job_id = d.id
     WHERE d.kind = 1
     ORDER BY c.serial, d.id
  LOOP
    PERFORM core.compute_finished(r.id, r.state, r.reason, r.started, r.outcome);
  END LOOP;
END $$;
