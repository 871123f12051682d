-- prio_next(spec, tries, began): the next look of a run that waits, 2, 4, .. 32 and
-- then 60 s from now; NULL once prio_deadline_s have passed.
CREATE FUNCTION core.prio_next(p_spec jsonb, p_tries int, p_began timestamptz) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_now constant timestamptz := clock_timestamp();
BEGIN
  IF v_now >= p_began + core.setting_int('prio_deadline_s') * interval '1 s' THEN
    RETURN NULL;
  END IF;
  RETURN core.enqueue(220::smallint, 0, p_spec,
                      p_due => v_now + CASE WHEN p_tries < 6 THEN 2 ^ p_tries ELSE 60 END * interval '1 s');
END $$;
