-- What people at an SQL prompt may do: operators steer and look, auditors look.
GRANT EXECUTE ON FUNCTION
  api.agg_job_abandon(text, text), api.lane_pause(text), api.lane_resume(text), api.job_cancel_by_operator(text), api.job_retry(text),
  api.job_move(text, int), api.setting_set(text, jsonb), api.worker_drain(int), api.job_submit(text, jsonb, int, timestamptz),
  api.job_submit_many(text, jsonb[]), api.chain_set(text, jsonb), api.chain_rewind(text, bigint),
  api.schedule_set(text, text, text, jsonb, text), api.schedule_disable(text), api.schedule_fire(text)
TO darkroom_operator;
GRANT EXECUTE ON FUNCTION api.node_ready(), api.node_metrics() TO darkroom_operator;

GRANT SELECT ON ops.queue, ops.running, ops.workers, ops.leases, ops.disputes, ops.failures, ops.slow, ops.bloat, ops.settings, ops.alarms, ops.events,
  ops.chain, ops.chain_leases, ops.wallets, ops.registries, ops.primes, ops.cred_lanes, ops.cred_kinds, ops.aggregate_task, ops.aggregate_peer, ops.aggregate_job, ops.aggregate_collection,
  ops.prio_run, ops.schedule
TO darkroom_operator, darkroom_auditor;
-- Functions that these views call as their reader.
GRANT EXECUTE ON FUNCTION core.job_name(uuid), core.uuid7_at(uuid), core.oldest_transaction(),
  core.chain_verdict(text, core.chain_lease), core.ops_wallets(), core.ops_registries(), core.b64u(bytea), core.id16_text(uuid), core.agg_bucket_first(bytea)
TO darkroom_operator, darkroom_auditor;
