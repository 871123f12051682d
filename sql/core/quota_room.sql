-- quota_room(principal, room, wanted): room for how many of so many more open
-- jobs?  The truth is the count of its rows.  What one count left free is
-- remembered in the principal's submit row, which the caller holds: only submits
-- take places and each takes one of the remembered (core.rate_take did, and room
-- is what that left), so rows are counted again when those are gone and not at
-- every submit.
CREATE FUNCTION core.quota_room(p_principal int, p_room int, p_wanted int)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_cap int;
  v_counted_for int;
  v_free int;
BEGIN
  SELECT s.value::int, r.room_cap INTO v_cap, v_counted_for
    FROM core.setting s, core.rate r
   WHERE s.name = 'open_jobs_max' AND r.principal = p_principal AND r.bucket = 'submit';
  IF p_room > 0 AND v_counted_for = v_cap THEN
    RETURN p_wanted;
  END IF;
  SELECT v_cap - count(*) INTO v_free
    FROM (SELECT FROM core.computation m WHERE m.principal = p_principal AND m.finished_at IS NULL LIMIT v_cap) o;
  -- one more than is left: the next submit takes its own before it looks
  UPDATE core.rate r SET room = greatest(0, v_free - p_wanted + 1), room_cap = v_cap
   WHERE r.principal = p_principal AND r.bucket = 'submit';
  RETURN v_free;
END $$;
