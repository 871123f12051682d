-- 0034_aggregate_bound: what a task's VDAF says about sizes, as the front computed it when the
-- task was made.  NULL: the task is older than these, or has no such bound.
ALTER TABLE core.agg_task
  ADD COLUMN report_max_bytes int CHECK (report_max_bytes > 0),   -- a longer report cannot be one of the task
  ADD COLUMN count_max bigint CHECK (count_max > 0);              -- reports whose sum cannot pass the modulus
