-- Answers that are kept.  A final state does not change any more, so what its
-- consumer reads is written down at the first look and copied afterwards.
-- Unlogged: nothing here is the truth, and a crash may empty it.
CREATE UNLOGGED TABLE core.reading (
  job_id  uuid PRIMARY KEY,
  seen_at timestamptz NOT NULL,         -- updated_at of the computation that it tells of
  made_by text NOT NULL,                -- settings that it was made by: see core.reading_settings
  body    text,                         -- NULL: its output was destroyed and must not be kept again
  etag    text
);

-- What api.compute_result answers: core.answer with the body as bytes to be
-- sent, and what the front needs of it in columns.
CREATE TYPE core.read_answer AS (
  err      text,
  msg      text,
  retry_ms int,
  status   int,
  body     text,        -- JSON
  etag     text,
  wait_id  uuid,        -- what ?wait= parks on; NULL: final
  rate     jsonb,       -- for RateLimit-*
  extra    jsonb        -- "results" where they are not part of the body
);
