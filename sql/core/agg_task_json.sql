-- agg_task_json(task): as its operator sees it; never a secret.
CREATE FUNCTION core.agg_task_json(t core.agg_task) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN t.spec || jsonb_build_object('created_at', core.ts(t.created_at), 'state',
    CASE WHEN t.removed_at IS NOT NULL THEN 'removed' WHEN t.expires_at <= extract(epoch FROM clock_timestamp()) THEN 'expired' ELSE 'open' END);
END $$;
