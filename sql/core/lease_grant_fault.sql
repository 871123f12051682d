-- lease_grant_fault(request, consumer): NULL, or what is wrong with a grant that
-- the front cannot know.
CREATE FUNCTION core.lease_grant_fault(r jsonb, p_consumer core.principal)
RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN p_consumer.id IS NULL OR NOT 'consumer' = ANY (p_consumer.roles) THEN 'consumer is not one that is known here'
    WHEN (r ->> 'assets' IS NULL) = (r ->> 'productId' IS NULL) THEN 'exactly one of assets and productId is needed'
    WHEN (r ->> 'expires_at')::timestamptz <= clock_timestamp() THEN 'expires_at must be in the future'
    WHEN r ->> 'lease_id' ~ '^([0-9]{1,18}|lease_prop_.*)$' THEN 'lease_id must not look like a serial number or a proposal'
    ELSE (SELECT replace(g.why, 'limits.', 'max_limits.')
            FROM core.limits_grant(coalesce(nullif(r -> 'max_limits', 'null'), '{}'), '{}') g)
  END
$$;
