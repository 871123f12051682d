-- dap_segment_full(auth, {segment, length}): its process has left it.
CREATE FUNCTION api.dap_segment_full(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE core.agg_segment s SET state = 'full', full_at = clock_timestamp(), length = (p_req ->> 'length')::bigint
   WHERE s.id = (p_req ->> 'segment')::uuid AND s.state = 'open';
  RETURN core.ok(204);
END $$;
