-- quota_check(caller): has the principal room for one more open job?  The truth
-- is the count of its rows.  What one count left free is remembered in the
-- principal's submit row, which the caller holds: only submits take places and
-- each takes one of the remembered, so rows are counted again when those are
-- gone and not at every submit.
CREATE FUNCTION core.quota_check(c core.caller)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_cap int;
  v_counted_for int;
  v_room int;
BEGIN
  SELECT s.value::int, r.room_cap INTO v_cap, v_counted_for
    FROM core.setting s, core.rate r
   WHERE s.name = 'open_jobs_max' AND r.principal = c.id AND r.bucket = 'submit';
  IF c.room > 0 AND v_counted_for = v_cap THEN
    RETURN true;
  END IF;
  SELECT v_cap - count(*) INTO v_room
    FROM (SELECT FROM core.computation m WHERE m.principal = c.id AND m.finished_at IS NULL LIMIT v_cap) o;
  UPDATE core.rate r SET room = v_room, room_cap = v_cap WHERE r.principal = c.id AND r.bucket = 'submit';
  RETURN v_room > 0;
END $$;
