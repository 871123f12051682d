-- wait_reason(lane, tenant): why a job that could run does not yet.
CREATE FUNCTION core.wait_reason(p_lane smallint, p_tenant int) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_paused boolean;
  v_most int;
BEGIN
  SELECT l.paused, p.max_running INTO v_paused, v_most
    FROM core.lane l LEFT JOIN core.principal p ON p.id = p_tenant WHERE l.id = p_lane;
  RETURN CASE
    WHEN v_paused THEN 'lane_paused'
    WHEN core.setting_bool('maintenance') THEN 'maintenance'
    WHEN v_most IS NOT NULL AND v_most <= (SELECT count(*) FROM core.lease x WHERE x.tenant = p_tenant) THEN 'fair_share'
    ELSE 'no_free_runner' END;
END $$;
