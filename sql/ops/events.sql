-- ops.events: the audit, the newest first.  Read it with a LIMIT or a condition on
-- object: it is never shortened.
CREATE VIEW ops.events AS
SELECT e.seq, e.at, e.actor, e.verb, e.object, e.detail
  FROM core.event e
 ORDER BY e.seq DESC;
COMMENT ON VIEW ops.events IS 'who did what to which object';
COMMENT ON COLUMN ops.events.seq IS 'number of the line; gaps are rolled back transactions';
COMMENT ON COLUMN ops.events.at IS 'when it happened';
COMMENT ON COLUMN ops.events.actor IS 'public id of a principal, node, worker:N, or psql:ROLE';
COMMENT ON COLUMN ops.events.verb IS 'noun.past, such as job.submitted or lease.granted';
COMMENT ON COLUMN ops.events.object IS 'public id of what it happened to';
COMMENT ON COLUMN ops.events.detail IS 'words and numbers about it';
