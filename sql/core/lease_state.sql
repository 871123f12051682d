-- lease_state(lease): pending, approved, rejected, revoked or expired.
CREATE FUNCTION core.lease_state(l core.data_lease)
RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN l.state = 'approved' AND l.expires_at <= clock_timestamp() THEN 'expired' ELSE l.state END
$$;
