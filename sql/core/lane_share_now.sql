-- lane_share_now(tenant): milliseconds of the heavy lanes that a tenant had lately
-- or is having: see core.lane_turn.
CREATE FUNCTION core.lane_share_now(p_tenant int) RETURNS double precision LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN coalesce((SELECT s.ms * 0.5 ^ (extract(epoch FROM clock_timestamp() - s.at)::float8 / 300) FROM core.lane_share s WHERE s.tenant = p_tenant), 0)
       + coalesce((SELECT sum(greatest(extract(epoch FROM clock_timestamp() - l.claimed_at) * 1000, p.mean_ms, 1)) FROM core.lease l
                     LEFT JOIN core.cred_pace p ON p.kind = l.kind AND p.heavy
                    WHERE l.tenant = p_tenant AND core.lane_heavy(l.lane)), 0);
END $$;
