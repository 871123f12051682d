-- claim_turn(lane): 1, 2, 3, ... for each lane in this session: the worker's
-- own count of its claims, without a row that all workers would fight over.
CREATE FUNCTION core.claim_turn(p_lane smallint) RETURNS int LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_name text := 'darkroom.claim_turn_' || p_lane;
  v_n    int := coalesce(nullif(current_setting(v_name, true), ''), '0')::int % 1000000 + 1;
BEGIN
  PERFORM set_config(v_name, v_n::text, false);
  RETURN v_n;
END $$;
