-- Jobs that run in a fork of their own and ask while they work are no longer those
-- of credentials alone: executor 'fork', and of each service the functions that say
-- what its jobs stand on.  docs/design/credential.md, "A job's way".
ALTER TABLE core.kind DROP CONSTRAINT kind_executor_check, DROP CONSTRAINT kind_service_check;
UPDATE core.kind SET executor = 'fork' WHERE executor = 'cred';
ALTER TABLE core.kind ADD CONSTRAINT kind_executor_check CHECK (executor IN ('sandbox', 'runner', 'sql', 'fork'));

-- A service: core.<prefix>_finished(job, state) is called when one of its jobs has
-- ended; of executor fork also _open, _ask, _progress, _make, _again and _ended (api.job_open,
-- api.job_ask, api.job_progress, core.fork_done).
CREATE TABLE core.service (
  name   text PRIMARY KEY,
  prefix text NOT NULL UNIQUE
);
INSERT INTO core.service VALUES ('compute', 'compute'), ('credential', 'cred');
ALTER TABLE core.kind ADD CONSTRAINT kind_service FOREIGN KEY (service) REFERENCES core.service;

ALTER TABLE core.cred_call RENAME TO job_call;
ALTER TABLE core.cred_op RENAME TO job_op;
ALTER TABLE core.job_call ALTER COLUMN kinds DROP DEFAULT;
ALTER TABLE core.job_op ALTER COLUMN kinds DROP DEFAULT;

