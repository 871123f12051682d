-- Where jobs of a long queue stand.  Counting the first thousand of a backlog for
-- each who asks costs milliseconds; these figures are made at most once a second.
-- Unlogged: estimates, made again when they are gone.
CREATE UNLOGGED TABLE core.queue_front (
  lane  smallint NOT NULL,
  band  smallint NOT NULL,
  ranks bigint[] NOT NULL,              -- of the first 1,001 jobs, in order
  job_s float8,                         -- seconds between two starts, by the last runs; NULL: nothing to judge by
  at    timestamptz NOT NULL,
  PRIMARY KEY (lane, band)
);
