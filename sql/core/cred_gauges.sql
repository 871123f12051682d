-- cred_gauges(): what /metrics reads of the credential service.
CREATE FUNCTION core.cred_gauges() RETURNS TABLE (name text, labels jsonb, value double precision)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM core.tenant_enter('*');
  RETURN QUERY
    SELECT 'darkroom_credential_primes', jsonb_build_object('bits', b), (SELECT count(*) FROM core.prime p WHERE p.bits = b AND p.expires_at > clock_timestamp())::float8
      FROM unnest(ARRAY[1024, 1536]) b
    UNION ALL
    SELECT 'darkroom_credential_wallets', '{}', count(*) FROM core.wallet w WHERE w.job IS NULL
    UNION ALL
    SELECT 'darkroom_credential_registries', jsonb_build_object('state', s), (SELECT count(*) FROM core.rev_reg g WHERE g.state = s)
      FROM unnest(ARRAY['ready', 'active', 'full', 'retired']) s
    UNION ALL
    SELECT 'darkroom_credential_run_seconds_mean', jsonb_build_object('kind', k.name, 'weight', CASE WHEN p.heavy THEN 'heavy' ELSE 'light' END), p.mean_ms / 1000
      FROM core.cred_pace p JOIN core.kind k ON k.id = p.kind WHERE p.n > 1;
  PERFORM core.tenant_enter('');
END $$;
