-- ops.disputes: disputes over leases, the open ones first.
CREATE VIEW ops.disputes AS
SELECT d.id AS dispute_id, d.state, l.lease_id, o.name AS owner, c.name AS consumer, r.name AS raised_by, d.reason, d.created_at,
       k.name AS closed_by, d.closed_at, d.note
  FROM core.dispute d
  JOIN core.data_lease l ON l.serial = d.serial
  JOIN core.principal o ON o.id = l.owner
  JOIN core.principal c ON c.id = l.consumer
  JOIN core.principal r ON r.id = d.raised_by
  LEFT JOIN core.principal k ON k.id = d.closed_by
 ORDER BY d.state DESC, d.created_at DESC;
COMMENT ON VIEW ops.disputes IS 'disputes over leases; while one is open nothing is admitted under its lease';
COMMENT ON COLUMN ops.disputes.dispute_id IS 'what the client was told';
COMMENT ON COLUMN ops.disputes.state IS 'pending or closed';
COMMENT ON COLUMN ops.disputes.lease_id IS 'lease it is about';
COMMENT ON COLUMN ops.disputes.owner IS 'whose data it is';
COMMENT ON COLUMN ops.disputes.consumer IS 'who may compute on it';
COMMENT ON COLUMN ops.disputes.raised_by IS 'which of the two complains';
COMMENT ON COLUMN ops.disputes.reason IS 'about what';
COMMENT ON COLUMN ops.disputes.created_at IS 'since when';
COMMENT ON COLUMN ops.disputes.closed_by IS 'owner or operator who closed it';
COMMENT ON COLUMN ops.disputes.closed_at IS 'and when';
COMMENT ON COLUMN ops.disputes.note IS 'and with which words';
