-- agg_task_json(task): as its operator sees it; never a secret.
CREATE FUNCTION core.agg_task_json(t core.agg_task) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN t.spec || jsonb_strip_nulls(jsonb_build_object('created_at', core.ts(t.created_at), 'removed_at', core.ts(t.removed_at)));
END $$;
