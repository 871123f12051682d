-- segment_front(segment, lane, since): the first job of a segment; NULL: none.
-- since: for the older segment, when it became that (core.segment); else NULL.
--
-- The front of the index is where the dead rows of past claims are, and while an
-- old transaction pins them every look walks over them.  So a session remembers for
-- a second where the older segment began: nothing is submitted there any more,
-- and a row that comes back before that place (its claim was rolled back, an
-- operator moved it) is met by the next look from the start.
CREATE FUNCTION core.segment_front(p_seg smallint, p_lane smallint, p_since timestamptz) RETURNS core.place
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_name  text := 'darkroom.front_' || p_lane;
  v_seen  text[];               -- since, until, band, tenant, rank
  v_until text;
  v       core.place;
BEGIN
  IF p_since IS NOT NULL THEN
    v_seen := string_to_array(current_setting(v_name, true), '|');
    IF v_seen[1] = p_since::text AND v_seen[2]::timestamptz > clock_timestamp() THEN
      v_until := v_seen[2];
      SELECT r.band, r.tenant, r.rank INTO v FROM core.ready r
       WHERE r.seg = p_seg AND r.lane = p_lane AND (r.band, r.tenant, r.rank) >= (v_seen[3]::smallint, v_seen[4]::int, v_seen[5]::bigint)
       ORDER BY r.band, r.tenant, r.rank LIMIT 1;
    END IF;
  END IF;
  IF v.rank IS NULL THEN
    v_until := clock_timestamp() + interval '1 s';
    SELECT r.band, r.tenant, r.rank INTO v FROM core.ready r
     WHERE r.seg = p_seg AND r.lane = p_lane ORDER BY r.band, r.tenant, r.rank LIMIT 1;
  END IF;
  IF p_since IS NOT NULL AND v.rank IS NOT NULL THEN
    PERFORM set_config(v_name, concat_ws('|', p_since, v_until, v.band, v.tenant, v.rank), false);
  END IF;
  RETURN v;
END $$;
