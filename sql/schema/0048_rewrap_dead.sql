-- A dead job keeps the box that it was submitted with, and api.job_retry opens it again: its node key is needed for as
-- long.  Dead jobs are few among many that are done, hence the index.  docs/design/keys.md.
CREATE INDEX done_dead ON core.done (id) WHERE state = 'dead';
CREATE OR REPLACE VIEW core.sealed_job AS
SELECT c.job_id, decode(j.spec ->> 'sealed', 'base64') AS sealed
  FROM core.cred_job c JOIN core.job j ON j.id = c.job_id
 WHERE c.finished_at IS NULL AND j.spec ->> 'sealed' IS NOT NULL
UNION ALL
SELECT c.job_id, decode(j.spec ->> 'sealed', 'base64')
  FROM core.done d JOIN core.cred_job c ON c.job_id = d.id JOIN core.job j ON j.id = d.id
 WHERE d.state = 'dead' AND c.finished_at IS NOT NULL AND j.spec ->> 'sealed' IS NOT NULL;
