-- ops.alarms: what somebody should look at; one row per alarm, firing or not.  /metrics
-- shows the same as darkroom_alarm.
CREATE VIEW ops.alarms AS
SELECT a.alarm, coalesce(a.value > a.limit_, false) AS firing, a.value, a.limit_ AS "limit", a.unit, a.help
  FROM (VALUES
    ('oldest_transaction', (SELECT t.age_s FROM core.oldest_transaction() t), 300, 's', 'an open transaction pins dead rows: see ops.bloat'),
    ('queue_age', (SELECT extract(epoch FROM clock_timestamp() - min(core.uuid7_at(r.id)))::double precision
                     FROM core.ready r JOIN core.lane n ON n.id = r.lane AND NOT n.paused), 600, 's', 'a job has waited long: see ops.queue'),
    ('leases_without_worker', (SELECT count(*)::double precision FROM core.lease l WHERE l.claimed_at < clock_timestamp() - interval '60 s'
                     AND NOT EXISTS (SELECT FROM core.worker w WHERE w.id = l.worker AND w.state <> 'gone')), 0, 'jobs', 'no sweep takes them back: is any worker up?'),
    ('workers_silent', (SELECT count(*)::double precision FROM core.worker w WHERE w.state <> 'gone' AND w.beat < clock_timestamp() - interval '60 s'),
                     0, 'workers', 'no sweep gives them up: is any worker up?'),
    ('segment_stuck', (SELECT extract(epoch FROM clock_timestamp() - g.since)::double precision FROM core.segment g
                     JOIN pg_class c ON c.relnamespace = 'core'::regnamespace AND c.relname = 'ready_' || g.current
                     WHERE pg_relation_size(c.oid) > 16777216), 60, 's', 'ready grows and does not rotate: see ops.bloat'),
    ('days_missing', (SELECT count(*)::double precision FROM (VALUES (0), (1)) d(n) WHERE NOT EXISTS (
                     SELECT FROM pg_class c WHERE c.relnamespace = 'core'::regnamespace
                        AND c.relname = 'job' || to_char((clock_timestamp() AT TIME ZONE 'UTC')::date + d.n, '_YYYYMMDD'))), 0, 'days', 'no partition for today or tomorrow: submits will fail'),
    ('quarantined', (SELECT count(*)::double precision FROM core.done d WHERE d.state = 'dead' AND d.finished_at > clock_timestamp() - interval '1 day'),
                     0, 'jobs', 'jobs took their workers down in the last day: see ops.failures'),
    ('chain_silent', (SELECT max(extract(epoch FROM clock_timestamp() - c.ok_at))::double precision FROM core.chain c WHERE c.enabled),
                     900, 's', 'a chain was not read for long: see ops.chain'),
    ('aggregate_stuck', (SELECT max(extract(epoch FROM clock_timestamp() - j.created_at))::double precision FROM core.agg_job j WHERE j.state IN ('new', 'sent')), 86400, 's', 'an aggregation job does not end: see ops.aggregate_job, ops.aggregate_peer'),
    ('chain_stopped', (SELECT count(*)::double precision FROM core.chain c WHERE c.enabled AND c.status IN ('wrong_chain', 'deep_reorg')),
                     0, 'chains', 'a chain is not the one we know, or lost more blocks than we remember: see ops.chain, api.chain_rewind')
  ) a(alarm, value, limit_, unit, help);
COMMENT ON VIEW ops.alarms IS 'what somebody should look at';
COMMENT ON COLUMN ops.alarms.alarm IS 'its name';
COMMENT ON COLUMN ops.alarms.firing IS 'value is above the limit';
COMMENT ON COLUMN ops.alarms.value IS 'what was measured; empty: nothing to measure';
COMMENT ON COLUMN ops.alarms.limit IS 'largest healthy value';
COMMENT ON COLUMN ops.alarms.unit IS 'unit of both';
COMMENT ON COLUMN ops.alarms.help IS 'what it means and where to look';
