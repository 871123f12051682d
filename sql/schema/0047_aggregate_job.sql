-- 0047_aggregate_job: what operators see of single jobs (ops.aggregate_job): those that run, and the few that failed.
CREATE INDEX agg_job_failed ON core.agg_job (finished_at) WHERE state = 'failed';
