-- Submits are judged and written as sets.  What all submits of one shape share is
-- made once and stored as it is; what used to be rows of their own about each
-- computation (inputs, its owner) is in its one row.
ALTER TYPE core.compute_plan ADD ATTRIBUTE hash bytea;    -- of what was planned, versions of the inputs included

ALTER TABLE core.job ADD COLUMN shared jsonb;   -- the part of the specification that jobs of one shape share: it is shared || spec

ALTER TABLE core.computation
  ADD COLUMN owner int,                 -- whose lease it is; others that must release are in core.job_owner
  ADD COLUMN decision text,             -- of owner: release, withhold
  ADD COLUMN variables text[],          -- inputs: parallel arrays; versions are pinned at submit
  ADD COLUMN assets bigint[],
  ADD COLUMN versions int[];
UPDATE core.computation m
   SET owner = l.owner,
       decision = (SELECT o.decision FROM core.job_owner o WHERE o.job_id = m.job_id AND o.owner = l.owner),
       (variables, assets, versions) = (
         SELECT coalesce(array_agg(i.variable ORDER BY i.variable), '{}'), coalesce(array_agg(i.asset ORDER BY i.variable), '{}'),
                coalesce(array_agg(i.version ORDER BY i.variable), '{}')
           FROM core.job_input i WHERE i.job_id = m.job_id)
  FROM core.data_lease l WHERE l.serial = m.serial;
ALTER TABLE core.computation
  ALTER COLUMN owner SET NOT NULL,
  ALTER COLUMN variables SET NOT NULL,
  ALTER COLUMN assets SET NOT NULL,
  ALTER COLUMN versions SET NOT NULL;
DELETE FROM core.job_owner o USING core.computation m WHERE m.job_id = o.job_id AND m.owner = o.owner;
DROP TABLE core.job_input;
CREATE INDEX computation_owner ON core.computation (owner, job_id DESC);

-- Open computations are asked for by principal, or by lease, whose consumer is
-- the principal; those that wait for release by lease.
DROP INDEX core.computation_open;
DROP INDEX core.computation_serial;
CREATE INDEX computation_open ON core.computation (principal, serial) WHERE finished_at IS NULL;
CREATE INDEX computation_staged ON core.computation (serial) WHERE release_state = 'staged';
