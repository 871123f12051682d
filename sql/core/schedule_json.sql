-- schedule_json(schedule): as operators see it.
CREATE FUNCTION core.schedule_json(s core.agg_schedule) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('name', s.name, 'cron', s.cron, 'kind', (SELECT k.name FROM core.kind k WHERE k.id = s.kind), 'args', s.args,
    'catch_up', s.catch_up, 'enabled', s.enabled, 'last_slot', core.ts(s.last_slot), 'last_job', core.job_name(s.last_job),
    'created_at', core.ts(s.made_at))
$$;
