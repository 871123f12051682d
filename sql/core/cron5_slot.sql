-- cron5_slot(cron, upto): the latest minute not after upto, in UTC, that a line of five
-- fields stands for: minute, hour, day of the month, month, day of the week (0 and 7:
-- Sunday).  As in cron(8), a day is one of both when neither of the two day fields begins
-- with *.  Fields stand between spaces or tabs.  NULL: it is no such line, or is one of more
-- than 1000 characters, or no day of the last nine years is one (30 February).
CREATE FUNCTION core.cron5_slot(p_cron text, p_upto timestamptz) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
  f         text[] := CASE WHEN length(p_cron) <= 1000 THEN regexp_split_to_array(btrim(p_cron, E' \t'), '[ \t]+') END;
  v_minutes int[] := core.cron5_field(f[1], 0, 59);
  v_hours   int[] := core.cron5_field(f[2], 0, 23);
  v_days    int[] := core.cron5_field(f[3], 1, 31);
  v_months  int[] := core.cron5_field(f[4], 1, 12);
  v_week    int[] := core.cron5_field(f[5], 0, 7);
  v_either  boolean := f[3] !~ '^\*' AND f[5] !~ '^\*';
  v_now     timestamp := date_trunc('minute', p_upto AT TIME ZONE 'UTC');
  v_day     date := v_now::date;
  v_time    time;
  v_dom     boolean;
  v_dow     boolean;
BEGIN
  IF cardinality(f) IS DISTINCT FROM 5 OR v_minutes IS NULL OR v_hours IS NULL OR v_days IS NULL OR v_months IS NULL OR v_week IS NULL THEN
    RETURN NULL;
  END IF;
  WHILE v_day > v_now::date - 9 * 366 LOOP
    IF extract(month FROM v_day)::int <> ALL (v_months) THEN
      v_day := date_trunc('month', v_day)::date - 1;
      CONTINUE;
    END IF;
    v_dom := extract(day FROM v_day)::int = ANY (v_days);
    v_dow := extract(dow FROM v_day)::int = ANY (v_week) OR extract(isodow FROM v_day)::int = ANY (v_week);
    IF (v_dom AND v_dow) OR (v_either AND (v_dom OR v_dow)) THEN
      SELECT max(make_time(h, m, 0)) INTO v_time FROM unnest(v_hours) h, unnest(v_minutes) m
       WHERE v_day < v_now::date OR make_time(h, m, 0) <= v_now::time;
      IF v_time IS NOT NULL THEN
        RETURN (v_day + v_time) AT TIME ZONE 'UTC';
      END IF;
    END IF;
    v_day := v_day - 1;
  END LOOP;
  RETURN NULL;
END $$;
