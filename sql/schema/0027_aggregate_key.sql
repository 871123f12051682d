-- Reports are looked up by their id, which says it all but for chance; with the task in
-- front, a planner without statistics took the task for selective and read all of its
-- reports.  Retention, which asks by task, reads whole partitions.
ALTER TABLE core.agg_report DROP CONSTRAINT agg_report_pkey;
ALTER TABLE core.agg_report ADD PRIMARY KEY (report_id, task_no);
-- Up to here ids below kept_from have gone.
ALTER TABLE core.agg_task ADD COLUMN scrubbed_to bigint NOT NULL DEFAULT 0;
