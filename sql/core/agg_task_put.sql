-- agg_task_put(owner, request): a new task; its members were checked by the front.  NULL: there
-- is one of this id.
CREATE FUNCTION core.agg_task_put(p_owner int, r jsonb) RETURNS core.agg_task LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  s constant jsonb := r -> 'task';
  b constant jsonb := s -> 'batch';
  -- the leader answers the client; a helper with a line of its own would drop what was taken
  v_from constant bigint := CASE s ->> 'role' WHEN 'helper' THEN 0 ELSE greatest(0, core.agg_now() - core.setting_int('agg_before_s')) END;
  t core.agg_task;
BEGIN
  INSERT INTO core.agg_task (task_id, profile, role, mode, spec, sealed, digest, leader_token, collector_token, precision_s, min_batch_size, max_queries,
                             max_batch_size, window_s, skew_s, starts_at, expires_at, retain_s, kept_from, scrubbed_to, report_max_bytes, count_max, owner)
  VALUES (core.b64u_read(s ->> 'task_id'), s ->> 'profile', s ->> 'role', CASE b ->> 'mode' WHEN 'time_interval' THEN 1 ELSE 2 END, s,
          decode(r ->> 'sealed', 'base64'), decode(r ->> 'digest', 'hex'), decode(r ->> 'leader_token_sha256', 'hex'), decode(r ->> 'collector_token_sha256', 'hex'),
          (s ->> 'time_precision_s')::bigint, (s ->> 'min_batch_size')::bigint, coalesce((s ->> 'max_batch_query_count')::int, 1),
          nullif((b ->> 'max_batch_size')::bigint, 0), nullif((b ->> 'batch_window_s')::bigint, 0), coalesce((s ->> 'skew_s')::bigint, 120),
          coalesce((s ->> 'task_start')::bigint, 0), nullif((s ->> 'expires_at')::bigint, 0), coalesce((s ->> 'retain_s')::bigint, 1209600),
          v_from, v_from, (r ->> 'report_max_bytes')::int, (r ->> 'count_max')::bigint, p_owner)
  ON CONFLICT (task_id) DO NOTHING RETURNING * INTO t;
  RETURN t;
END $$;
