-- cron5_field(text, low, high): the values that one field of a cron line stands for, each
-- once: "*", a number, a range a-b, "*" and ranges perhaps with a step /n, in a list.  NULL
-- when it is none.
CREATE FUNCTION core.cron5_field(p_text text, p_low int, p_high int) RETURNS int[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_item text;
  m      text[];
  v_from int;
  v_to   int;
  v_step int;
  v_all  int[] := '{}';
BEGIN
  IF p_text IS NULL OR length(p_text) > 200 THEN
    RETURN NULL;
  END IF;
  FOREACH v_item IN ARRAY string_to_array(p_text, ',') LOOP
    m := regexp_match(v_item, '^(?:(\*)|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([0-9]{1,2}))?$');
    IF m IS NULL OR (m[4] IS NOT NULL AND m[1] IS NULL AND m[3] IS NULL) THEN
      RETURN NULL;
    END IF;
    v_from := CASE WHEN m[1] IS NULL THEN m[2]::int ELSE p_low END;
    v_to := CASE WHEN m[1] IS NULL THEN coalesce(m[3], m[2])::int ELSE p_high END;
    v_step := coalesce(m[4]::int, 1);
    IF v_from < p_low OR v_to > p_high OR v_from > v_to OR v_step < 1 THEN
      RETURN NULL;
    END IF;
    v_all := v_all || ARRAY(SELECT generate_series(v_from, v_to, v_step));
  END LOOP;
  RETURN nullif(ARRAY(SELECT DISTINCT v FROM unnest(v_all) v ORDER BY v), '{}');
END $$;
