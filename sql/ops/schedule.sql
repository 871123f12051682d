-- ops.schedule: what is done at times of a cron line.
CREATE VIEW ops.schedule AS
SELECT s.name, s.cron, k.name AS kind, s.args, s.catch_up, s.enabled, s.last_slot, core.job_name(s.last_job) AS last_job
  FROM core.agg_schedule s JOIN core.kind k ON k.id = s.kind
 ORDER BY s.name;
COMMENT ON VIEW ops.schedule IS 'jobs of the node itself that are made at times of a cron line';
COMMENT ON COLUMN ops.schedule.name IS 'its name: api.schedule_set, api.schedule_disable, api.schedule_fire';
COMMENT ON COLUMN ops.schedule.cron IS 'minute, hour, day, month, weekday; UTC';
COMMENT ON COLUMN ops.schedule.kind IS 'of its jobs';
COMMENT ON COLUMN ops.schedule.args IS 'of each job; {date} and {yesterday} are the slot''s';
COMMENT ON COLUMN ops.schedule.catch_up IS 'last: what was missed has one job; none: it has none';
COMMENT ON COLUMN ops.schedule.enabled IS 'it makes jobs';
COMMENT ON COLUMN ops.schedule.last_slot IS 'the latest time that has had its job';
COMMENT ON COLUMN ops.schedule.last_job IS 'that job';
