-- blob_used(sha256): does anything refer to the blob: a version of an asset that
-- is not removed, a script, a template, output that can still be read, a file of
-- the credential service, a message or segment of the aggregate service?
CREATE FUNCTION core.blob_used(p_sha256 bytea)
RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM core.asset_version v JOIN core.asset a ON a.id = v.asset
                  WHERE v.sha256 = p_sha256 AND a.removed_at IS NULL)
      OR EXISTS (SELECT FROM core.script s WHERE s.sha256 = p_sha256)
      OR EXISTS (SELECT FROM core.template t WHERE t.sha256 = p_sha256)
      OR EXISTS (SELECT FROM core.artifact f WHERE f.sha256 = p_sha256)
      OR EXISTS (SELECT FROM core.cred_blob c WHERE c.sha256 = p_sha256)
      OR EXISTS (SELECT FROM core.agg_job j WHERE j.request = p_sha256)
      OR EXISTS (SELECT FROM core.agg_job j WHERE j.response = p_sha256)
      OR EXISTS (SELECT FROM core.agg_segment g WHERE g.sha256 = p_sha256)
$$;
