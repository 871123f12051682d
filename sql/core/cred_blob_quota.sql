-- cred_blob_quota(tenant, {sha256, size}): the refusal of an upload that takes the tenant's
-- files above tenant_files_bytes, NULL: there is room.  The same upload again counts
-- once.  Principals of a tenant that upload at once may be over by a file each.
CREATE FUNCTION core.cred_blob_quota(p_tenant text, r jsonb) RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_sha256 constant bytea := decode(r ->> 'sha256', 'hex');
  v_kept constant numeric := coalesce((SELECT sum(c.size) FROM core.cred_blob c
    WHERE c.tenant = p_tenant AND (c.use <> 'import' OR c.sha256 IS DISTINCT FROM v_sha256) AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())), 0);
BEGIN
  RETURN CASE WHEN v_kept + (r ->> 'size')::bigint > core.setting_int('tenant_files_bytes')
    THEN core.refuse('QUOTA_EXCEEDED', 'the files of this tenant take all the room that it has') END;
END $$;
