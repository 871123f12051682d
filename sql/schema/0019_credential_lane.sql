-- Only kinds whose cost does not grow with what they are asked may wait in lane
-- cred-quick: the mean of small registries says nothing of a large one.
ALTER TABLE core.cred_kind ADD COLUMN quick boolean NOT NULL DEFAULT false;
UPDATE core.cred_kind q SET quick = true FROM core.kind k
 WHERE k.id = q.kind AND k.name IN ('wallet.create', 'wallet.unlock', 'wallet.rekey', 'issuer.create_cred_def', 'issuer.rotate_cred_def_start');

-- What tenants have had of the heavy lanes lately: milliseconds of runner time, of
-- which half is forgotten every five minutes.  Unlogged: after a crash all begin alike.
CREATE UNLOGGED TABLE core.lane_share (
  tenant int PRIMARY KEY,               -- principal, as in ready
  ms     double precision NOT NULL,
  at     timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);
ALTER TABLE core.lane ADD COLUMN fair boolean NOT NULL DEFAULT false;   -- tenants take turns by what they have had, not by count
UPDATE core.lane SET fair = true WHERE name IN ('cred-heavy', 'cred-quick');
