-- Calls that share a transaction are judged and written together.
ALTER TABLE core.rate ADD COLUMN taken int NOT NULL DEFAULT 0;   -- tokens that the last call took

ALTER TYPE core.compute_plan DROP ATTRIBUTE script;   -- a plan is shared by calls that run different scripts

-- One call of api.compute_submit on its way.  answer: err or status set when it
-- is decided.
CREATE TYPE core.compute_call AS (
  n          int,                       -- place in the batch
  principal  int,
  actor      text,                      -- the principal's public id
  room       int,                       -- see core.rate
  rate       jsonb,                     -- for RateLimit-*
  req        jsonb,
  answer     core.answer,
  script     bytea,                     -- SHA-256
  plan       core.compute_plan,
  job        uuid,                      -- set when it is admitted
  comp       text                       -- the job's public name
);
