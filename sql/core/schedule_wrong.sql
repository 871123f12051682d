-- schedule_wrong(name, cron, kind, args, catch_up): what of a schedule cannot be, its
-- member first; NULL: nothing.
CREATE FUNCTION core.schedule_wrong(p_name text, p_cron text, p_kind text, p_args jsonb, p_catch_up text) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN p_name IS NULL OR p_name !~ '^[a-z0-9][a-z0-9._-]{0,62}$' THEN
      'name: 1 to 63 lower case letters, digits, . _ -'
    WHEN core.cron5_slot(p_cron, clock_timestamp()) IS NULL THEN
      'cron: minute, hour, day, month and weekday are expected, such as "15 2 * * *", and a day that there is'
    WHEN (core.schedule_kind(p_kind)).id IS NULL THEN
      'kind: one of ' || (SELECT string_agg(k.name, ', ' ORDER BY k.id) FROM core.kind k WHERE (core.schedule_kind(k.name)).id IS NOT NULL)
    WHEN jsonb_typeof(p_args) IS DISTINCT FROM 'object' OR octet_length(p_args::text) > 4096 THEN
      'args: an object of at most 4 KiB'
    WHEN p_kind = 'prio1.run' AND jsonb_typeof(p_args -> 'config') IS DISTINCT FROM 'string' THEN
      'args: config is missing, the name of the run''s settings on its host'
    WHEN p_catch_up IS NULL OR p_catch_up NOT IN ('none', 'last') THEN
      'catch_up: none or last'
  END
$$;
