-- ipfs_probe_spec(spec): what the periodic look at IPFS is told; NULL while
-- nothing is to be fetched from there.
CREATE FUNCTION core.ipfs_probe_spec(p_spec jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN core.setting_bool('ipfs_fetch') THEN '{}'::jsonb END
$$;
