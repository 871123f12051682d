-- lane_share_add(tenant, since): a run of a heavy lane has ended that began then.
CREATE FUNCTION core.lane_share_add(p_tenant int, p_since timestamptz) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_ms constant double precision := extract(epoch FROM clock_timestamp() - p_since) * 1000;
BEGIN
  INSERT INTO core.lane_share AS s (tenant, ms) VALUES (p_tenant, v_ms)
  ON CONFLICT (tenant) DO UPDATE SET ms = s.ms * 0.5 ^ (extract(epoch FROM clock_timestamp() - s.at)::float8 / 300) + v_ms, at = clock_timestamp();
END $$;
