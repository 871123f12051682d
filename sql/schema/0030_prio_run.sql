-- Runs of prio1 as jobs of the node: docs/design/prio1-run.md, "Runs as jobs".  A job looks once, goes
-- on as far as it can and ends; while a batch waits for the peer, the next look is a
-- job with a due time.  They run where a host has the settings of its runs (prio_dir).
INSERT INTO core.lane (id, name) VALUES (13, 'prio');
INSERT INTO core.kind (id, name, lane, executor, max_attempts, timeout_ms, backoff_ms, backoff_cap_ms, sql_result) VALUES
  (220, 'prio1.run', 13, 'runner', 5, 86400000, 2000, 60000, 'prio_ran');
INSERT INTO core.setting VALUES
  ('prio_deadline_s', '86400', 's', 'a run of prio1 waits this long for the peer');

CREATE TABLE core.prio_run (
  config     text NOT NULL,             -- the host's settings of that name
  date       text NOT NULL,             -- of the answers; '' where the tree has no dates
  state      text NOT NULL CHECK (state IN ('waiting_peer', 'done', 'failed')),
  error      text,                      -- failed: why, for the run as a whole
  tries      int NOT NULL DEFAULT 0,    -- looks that found the peer not ready
  job        uuid NOT NULL,             -- the last look
  next_job   uuid,                      -- waiting_peer: the next one
  began_at   timestamptz NOT NULL,
  looked_at  timestamptz NOT NULL,
  PRIMARY KEY (config, date)
);
CREATE TABLE core.prio_part (           -- one batch of a run, as the last look left it
  config     text NOT NULL,
  date       text NOT NULL,
  batch_id   text NOT NULL,
  run        text NOT NULL,             -- its name, the same on both servers
  state      text NOT NULL CHECK (state IN ('waiting_peer', 'published', 'empty', 'failed')),
  stage      text NOT NULL,
  waits_for  text,
  result     text,                      -- published: the object's name
  error      text,
  outcomes   jsonb NOT NULL,            -- records by word, of the stage made last; never an id
  PRIMARY KEY (config, date, batch_id),
  FOREIGN KEY (config, date) REFERENCES core.prio_run ON DELETE CASCADE
);
