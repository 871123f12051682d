-- What users see while a job runs.

-- Each phase that a computation has been in: written in the transaction that
-- changes it, never changed, removed with the computation.  A job is in one place
-- of the queue at a time, so its rows are numbered one after the other.  Rows of a
-- principal's different jobs commit in any order: who follows all of them reads
-- by (xid, pos), and only below the oldest transaction that still runs.
CREATE TABLE core.phase (
  job_id    uuid NOT NULL,
  seq       int NOT NULL,               -- 1, 2, 3, ... of this job
  principal int NOT NULL,
  status    text NOT NULL,              -- words of core.public_status
  phase     text NOT NULL,
  reason    text,
  attempt   smallint NOT NULL,
  at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  xid       xid8 NOT NULL DEFAULT pg_current_xact_id(),
  pos       bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (job_id, seq)
);
CREATE INDEX phase_principal ON core.phase (principal, xid, pos);

-- Computations from before: where they are now.
INSERT INTO core.phase (job_id, seq, principal, status, phase, reason, attempt)
SELECT m.job_id, 1, m.principal,
       CASE WHEN d.state IS NULL OR d.state = 'completed' AND m.release_state = 'staged' THEN 'pending'
            WHEN d.state <> 'completed' OR m.release_state IN ('withheld', 'withdrawn') THEN 'failed' ELSE 'completed' END,
       CASE WHEN d.state = 'dead' THEN 'quarantined'
            WHEN d.state IN ('failed', 'cancelled') THEN d.state
            WHEN d.state = 'completed' THEN CASE m.release_state WHEN 'staged' THEN 'in_review' WHEN 'withheld' THEN 'withheld'
              WHEN 'withdrawn' THEN 'withheld' WHEN 'purged' THEN 'purged' ELSE 'released' END
            ELSE coalesce(l.phase, 'queued') END,
       CASE WHEN d.state <> 'completed' THEN d.reason WHEN d.state IS NOT NULL THEN m.release_code END,
       coalesce(d.attempt, l.attempt, 0)
  FROM core.computation m LEFT JOIN core.done d ON d.id = m.job_id LEFT JOIN core.lease l ON l.id = m.job_id;

-- What running scripts have written so far, of those whose output somebody
-- follows: copied here by their workers, gone with their end, when the whole is kept
-- as artifacts.  Unlogged: a crash empties it, and the worker begins anew.
CREATE UNLOGGED TABLE core.log_part (
  job_id uuid NOT NULL,
  token  uuid NOT NULL,                 -- of the run
  stream smallint NOT NULL,             -- 0 stdout, 1 stderr, 2 combined
  at     bigint NOT NULL,               -- bytes before it
  data   bytea NOT NULL,
  PRIMARY KEY (job_id, token, stream, at)
);
ALTER TABLE core.log_part ALTER data SET STORAGE EXTERNAL;
