-- ops.cred_kinds: kinds of credential jobs: what they took, and how many are open.
CREATE VIEW ops.cred_kinds AS
SELECT k.name AS kind, l.name AS lane, round(a.mean_ms::numeric, 1) AS light_mean_ms, round(b.mean_ms::numeric, 1) AS heavy_mean_ms,
       (SELECT count(*) FROM core.cred_job j WHERE j.kind = k.id AND j.finished_at IS NULL) AS open_jobs
  FROM core.kind k JOIN core.lane l ON l.id = k.lane
  LEFT JOIN core.cred_pace a ON a.kind = k.id AND NOT a.heavy LEFT JOIN core.cred_pace b ON b.kind = k.id AND b.heavy
 WHERE k.service = 'credential' ORDER BY k.id;
COMMENT ON VIEW ops.cred_kinds IS 'kinds of credential jobs: what they took, and how many are open';
COMMENT ON COLUMN ops.cred_kinds.kind IS 'name of the kind';
COMMENT ON COLUMN ops.cred_kinds.lane IS 'its lane, unless a threshold moves a job';
COMMENT ON COLUMN ops.cred_kinds.light_mean_ms IS 'moving mean of its runs in the light and idle lanes; empty: none yet';
COMMENT ON COLUMN ops.cred_kinds.heavy_mean_ms IS 'of its runs in the heavy lanes';
COMMENT ON COLUMN ops.cred_kinds.open_jobs IS 'jobs that have not ended';
