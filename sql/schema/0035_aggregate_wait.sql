-- 0035_aggregate_wait: a report that its helper did not take waits before it is tried again, and
-- a private key stays until what was stored under it is settled.
-- agg_stored.at is when a report may be in a job: the upload, or later for one given back.
ALTER TABLE core.agg_stored ADD COLUMN since timestamptz;   -- given back: it was uploaded then or later; NULL: at
ALTER TABLE core.agg_job ADD COLUMN since timestamptz;      -- leader: the same of its oldest report; NULL: created_at
ALTER TABLE core.agg_hpke_key ALTER COLUMN sealed DROP NOT NULL;      -- NULL: nothing is left that it would open
INSERT INTO core.setting VALUES
  ('agg_back_s', '300', 's', 'reports that a helper did not take are tried again after this long, and after twelve times as long');
