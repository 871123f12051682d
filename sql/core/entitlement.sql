-- entitlement(lease, principal, assets, held, at): one row, whose code is NULL if
-- this principal may use these assets under this lease, else the reason; no row when
-- there is no such lease.  The one predicate of submit (held false: a run must be free),
-- claim and release (held true: the job's own reserved run counts); in the form that the
-- planner merges with the query around it.  Expiry is judged at p_at; a revocation or a
-- removed asset always bites.  An asset of no name (NULL) is passed over.
CREATE FUNCTION core.entitlement(p_serial bigint, p_principal int, p_assets bigint[], p_held boolean, p_at timestamptz)
RETURNS TABLE (code text) LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT CASE
      WHEN l.state = 'revoked' THEN 'LEASE_REVOKED'
      WHEN l.state <> 'approved' OR l.consumer <> p_principal THEN 'POLICY_DENIED'
      WHEN l.expires_at <= p_at THEN 'LEASE_EXPIRED'
      WHEN EXISTS (SELECT FROM core.dispute d WHERE d.serial = l.serial AND d.state = 'pending') THEN 'POLICY_DENIED'
      WHEN n.removed > 0 THEN 'ASSET_REVOKED'
      WHEN n.covered < n.wanted THEN 'POLICY_DENIED'
      WHEN NOT p_held AND l.max_runs IS NOT NULL AND core.lease_runs_left(l.serial) <= 0 THEN 'LEASE_USED_UP'
    END
    FROM core.data_lease l
   CROSS JOIN LATERAL (
    SELECT count(u.id) AS wanted,
           count(*) FILTER (WHERE a.removed_at IS NOT NULL) AS removed,
           count(*) FILTER (WHERE la.asset IS NOT NULL AND a.owner = l.owner) AS covered
      FROM unnest(p_assets) u (id)
      LEFT JOIN core.asset a ON a.id = u.id
      LEFT JOIN core.data_lease_asset la ON la.serial = p_serial AND la.asset = u.id) n
   WHERE l.serial = p_serial
$$;
