-- 0049_sealed_span: what rests under the node key is walked a piece at a time, and no job is too large for it.
-- docs/design/keys.md.
-- A box that no answer carries (core.ask_sealed_page) shows as an empty one; a job without a box as NULL, so that
-- a walk over its keys looks into no spec.
CREATE INDEX cred_job_open_id ON core.cred_job (job_id) WHERE finished_at IS NULL;
CREATE OR REPLACE VIEW core.sealed_job AS
SELECT c.job_id, CASE WHEN octet_length(j.spec ->> 'sealed') <= 4133332 THEN decode(j.spec ->> 'sealed', 'base64') WHEN j.spec ? 'sealed' THEN ''::bytea END AS sealed
  FROM core.cred_job c JOIN core.job j ON j.id = c.job_id
 WHERE c.finished_at IS NULL
UNION ALL
SELECT c.job_id, CASE WHEN octet_length(j.spec ->> 'sealed') <= 4133332 THEN decode(j.spec ->> 'sealed', 'base64') WHEN j.spec ? 'sealed' THEN ''::bytea END
  FROM core.done d JOIN core.cred_job c ON c.job_id = d.id JOIN core.job j ON j.id = d.id
 WHERE d.state = 'dead' AND c.finished_at IS NOT NULL;
