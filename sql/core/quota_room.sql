-- quota_room(principal, wanted): room for how many more open jobs?  The truth is
-- the count of its rows.  What one count left free is remembered in the principal's
-- submit row, which the caller holds: only submits take places and each takes one of
-- the remembered (core.rates_charge did, and tells what that left), so rows are
-- counted again when those are gone and not at every submit.
CREATE FUNCTION core.quota_room(p_principal int, p_wanted int)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_cap constant int := core.setting_int('open_jobs_max');
  v_free int;
BEGIN
  SELECT v_cap - count(*) INTO v_free
    FROM (SELECT FROM core.computation m WHERE m.principal = p_principal AND m.finished_at IS NULL LIMIT v_cap) o;
  -- one more than is left: the next submit takes its own before it looks
  UPDATE core.rate r SET room = greatest(0, v_free - p_wanted + 1), room_cap = v_cap
   WHERE r.principal = p_principal AND r.bucket = 'submit';
  RETURN v_free;
END $$;
