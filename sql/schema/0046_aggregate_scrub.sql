-- 0046_aggregate_scrub: retention of the aggregate service in steps that end soon, whatever there is to
-- delete, and each of its parts in jobs of its own: what fails undoes nothing else.
-- What a task that ended retain_s ago has lost: 'stopped': nothing of it runs or waits; 'emptied': nor
-- has it reports.  Then the rest goes, and the task.
ALTER TABLE core.agg_task ADD COLUMN over text CHECK (over IN ('stopped', 'emptied'));
-- Tasks always end (lib/dap/task.c), and ids are kept until then: nobody reads scrubbed_to any more.

CREATE TABLE core.agg_scrub (
  name      text PRIMARY KEY,           -- core.scrub_<name>
  looked_at timestamptz NOT NULL DEFAULT '-infinity',     -- a job of it was made
  more      boolean NOT NULL DEFAULT false        -- its job left something
);
INSERT INTO core.agg_scrub (name) VALUES ('segments'), ('keys'), ('answers'), ('runs'), ('reports'), ('tasks');

-- The pass over the reports under way: whose they are that go, and how far it came.
CREATE TABLE core.agg_pass (
  one   boolean PRIMARY KEY DEFAULT true CHECK (one),
  tasks int[] NOT NULL DEFAULT '{}',    -- none: there is no pass
  part  smallint NOT NULL DEFAULT 0,    -- partition of agg_report
  block bigint NOT NULL DEFAULT 0       -- first that was not looked at
);
INSERT INTO core.agg_pass DEFAULT VALUES;

CREATE INDEX agg_job_answered ON core.agg_job (finished_at) WHERE response IS NOT NULL OR answer IS NOT NULL;
CREATE INDEX agg_collection_same ON core.agg_collection (same_as) WHERE same_as IS NOT NULL;
UPDATE core.cron SET every_s = 1 WHERE name = 'dap.scrub';
