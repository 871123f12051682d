-- lease_state(lease): pending, approved, rejected, revoked, expired, or disputed:
-- approved, but nothing is admitted.
CREATE FUNCTION core.lease_state(l core.data_lease)
RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN l.state <> 'approved' THEN l.state
              WHEN l.expires_at <= clock_timestamp() THEN 'expired'
              WHEN EXISTS (SELECT FROM core.dispute d WHERE d.serial = l.serial AND d.state = 'pending') THEN 'disputed'
              ELSE 'approved' END
$$;
