-- schedule_args(args, slot): {date} is the slot's day, {yesterday} the one before, in UTC.
-- Neither has a character that JSON escapes.
CREATE FUNCTION core.schedule_args(p_args jsonb, p_slot timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT replace(replace(p_args::text, '{date}', to_char(d, 'YYYY-MM-DD')), '{yesterday}', to_char(d - interval '1 day', 'YYYY-MM-DD'))::jsonb
    FROM (VALUES (p_slot AT TIME ZONE 'UTC')) x (d)
$$;
