-- cred_files(job, args): the files that stand in a request by their digests, by the
-- name that an executor knows them by: blob of an import, tails of a witness or of a
-- look through; of no other kind.  A file that is not the tenant's is not there.
CREATE FUNCTION core.cred_files(j core.cred_job, p_args jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_kind constant text := (SELECT k.name FROM core.kind k WHERE k.id = j.kind AND k.name IN ('wallet.import', 'holder.revocation_state', 'tails.verify'));
BEGIN
  IF v_kind IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', x.name, 'sha256', encode(b.sha256, 'hex'), 'size', b.size, 'store', b.store, 'place', b.place,
                   'data_b64', core.b64(b.data))))
            FROM (SELECT 'blob' AS name, c.sha256 FROM core.cred_blob c
                   WHERE v_kind = 'wallet.import' AND c.tenant = j.tenant AND c.use IN ('import', 'export') AND encode(c.sha256, 'hex') = p_args ->> 'blob'
                  UNION
                  SELECT 'tails', c.sha256 FROM core.cred_blob c
                   WHERE v_kind = 'holder.revocation_state' AND c.use = 'tails' AND c.hash = p_args #>> '{rev_reg_def,value,tailsHash}'
                     AND (c.tenant = j.tenant OR core.setting_bool('tails_public'))
                  UNION
                  SELECT 'tails', c.sha256 FROM core.cred_blob c
                   WHERE v_kind = 'tails.verify' AND c.tenant = j.tenant AND c.use = 'import' AND encode(c.sha256, 'hex') = p_args ->> 'sha256') x
            JOIN core.blob b ON b.sha256 = x.sha256);
END $$;
