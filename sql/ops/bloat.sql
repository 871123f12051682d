-- ops.bloat: the hot tables, what is dead in them and what keeps it there.
CREATE VIEW ops.bloat AS
SELECT s.relname::text AS table_name,
       CASE s.relname WHEN 'ready_' || g.current THEN 'written' WHEN 'ready_' || (1 - g.current) THEN 'drained' END AS segment,
       pg_relation_size(s.relid) AS size_bytes, pg_indexes_size(s.relid) AS index_bytes,
       s.n_live_tup AS live_rows, s.n_dead_tup AS dead_rows,
       round(extract(epoch FROM clock_timestamp() - greatest(s.last_vacuum, s.last_autovacuum))) AS vacuumed_s_ago,
       CASE WHEN s.relname LIKE 'ready\_%' THEN round(extract(epoch FROM clock_timestamp() - g.since)) END AS rotated_s_ago,
       round(t.age_s::numeric, 1) AS oldest_transaction_s, t.xmin_age AS oldest_xmin_transactions, t.pid AS oldest_pid, t.application AS oldest_application
  FROM pg_stat_user_tables s
  CROSS JOIN core.segment g
  LEFT JOIN core.oldest_transaction() t ON true
 WHERE s.schemaname = 'core' AND s.relname IN ('ready_0', 'ready_1', 'lease', 'later', 'worker', 'nonce', 'nonce_read', 'rate', 'idem')
 ORDER BY s.n_dead_tup DESC;
COMMENT ON VIEW ops.bloat IS 'dead rows of the hot tables and who pins them';
COMMENT ON COLUMN ops.bloat.table_name IS 'table of schema core';
COMMENT ON COLUMN ops.bloat.segment IS 'of ready: written (new jobs go there) or drained (claimed first, then truncated)';
COMMENT ON COLUMN ops.bloat.size_bytes IS 'size of the table';
COMMENT ON COLUMN ops.bloat.index_bytes IS 'size of its indexes';
COMMENT ON COLUMN ops.bloat.live_rows IS 'rows, estimated';
COMMENT ON COLUMN ops.bloat.dead_rows IS 'dead rows, estimated';
COMMENT ON COLUMN ops.bloat.vacuumed_s_ago IS 'seconds since the last vacuum';
COMMENT ON COLUMN ops.bloat.rotated_s_ago IS 'of ready: seconds since the segments changed places';
COMMENT ON COLUMN ops.bloat.oldest_transaction_s IS 'age of the oldest open transaction of this database: it pins dead rows';
COMMENT ON COLUMN ops.bloat.oldest_xmin_transactions IS 'transactions since its snapshot';
COMMENT ON COLUMN ops.bloat.oldest_pid IS 'its process';
COMMENT ON COLUMN ops.bloat.oldest_application IS 'its application_name';
