-- ops.leases: leases on data, the newest first.
CREATE VIEW ops.leases AS
SELECT d.lease_id, d.proposal_id, o.name AS owner, c.name AS consumer, d.state, d.product_id AS product,
       (SELECT string_agg(a.asset_id, ', ' ORDER BY a.asset_id) FROM core.data_lease_asset x JOIN core.asset a ON a.id = x.asset
         WHERE x.serial = d.serial) AS assets,
       d.expires_at, round(extract(epoch FROM d.expires_at - clock_timestamp())) AS expires_in_s,
       d.max_runs, d.runs_used + u.used AS runs_used, greatest(0, d.runs_held - u.n) AS runs_held,
       (SELECT count(*) FROM core.computation m WHERE m.principal = d.consumer AND m.serial = d.serial AND m.finished_at IS NULL) AS open_jobs,
       EXISTS (SELECT FROM core.dispute q WHERE q.serial = d.serial AND q.state = 'pending') AS disputed,
       d.created_at
  FROM core.data_lease d
  JOIN core.principal o ON o.id = d.owner
  JOIN core.principal c ON c.id = d.consumer
  CROSS JOIN LATERAL (SELECT count(*) AS n, count(*) FILTER (WHERE r.used) AS used FROM core.run_note r WHERE r.serial = d.serial) u
 ORDER BY d.serial DESC;
COMMENT ON VIEW ops.leases IS 'leases on data and how much of them is used';
COMMENT ON COLUMN ops.leases.lease_id IS 'what execute takes';
COMMENT ON COLUMN ops.leases.proposal_id IS 'what the proposal is called; empty: granted without one';
COMMENT ON COLUMN ops.leases.owner IS 'whose data it is';
COMMENT ON COLUMN ops.leases.consumer IS 'who may compute on it';
COMMENT ON COLUMN ops.leases.state IS 'pending, approved, rejected or revoked';
COMMENT ON COLUMN ops.leases.product IS 'product it was asked for; empty: named assets';
COMMENT ON COLUMN ops.leases.assets IS 'names of the assets it covers';
COMMENT ON COLUMN ops.leases.expires_at IS 'end of the lease; empty while pending';
COMMENT ON COLUMN ops.leases.expires_in_s IS 'seconds until then; negative: over';
COMMENT ON COLUMN ops.leases.max_runs IS 'runs it allows; empty: any number';
COMMENT ON COLUMN ops.leases.runs_used IS 'runs spent';
COMMENT ON COLUMN ops.leases.runs_held IS 'runs reserved by open jobs';
COMMENT ON COLUMN ops.leases.open_jobs IS 'jobs queued or running under it';
COMMENT ON COLUMN ops.leases.disputed IS 'an open dispute: nothing is admitted';
COMMENT ON COLUMN ops.leases.created_at IS 'when it was asked for or granted';
