-- Schedules: jobs of the node itself at times of a cron line, in UTC.
-- docs/design/prio1-run.md, "Schedules".
CREATE TABLE core.agg_schedule (
  name      text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  cron      text NOT NULL,                -- five fields: minute hour day month weekday
  kind      smallint NOT NULL REFERENCES core.kind,
  args      jsonb NOT NULL DEFAULT '{}',  -- of each job; {date} and {yesterday} in its texts are the slot's
  catch_up  text NOT NULL DEFAULT 'last' CHECK (catch_up IN ('none', 'last')),
  enabled   boolean NOT NULL DEFAULT true,
  last_slot timestamptz NOT NULL,         -- slots up to here have had their job, or were passed over
  last_job  uuid,                         -- catch_up 'last' waits for its end
  made_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
