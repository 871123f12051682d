-- What the HTTP front may call of the aggregate service.
GRANT EXECUTE ON FUNCTION
  api.agg_status(jsonb, jsonb),
  api.agg_task_add(jsonb, jsonb),
  api.agg_task_list(jsonb, jsonb),
  api.agg_task_show(jsonb, jsonb),
  api.agg_task_remove(jsonb, jsonb),
  api.agg_task_counters(jsonb, jsonb),
  api.dap_hpke_config(jsonb, jsonb),
  api.dap_check(jsonb, jsonb),
  api.dap_upload(int[], bytea[], text[], uuid[], bigint[], int[], uuid[], int[], int[], bytea[]),
  api.dap_segment(jsonb, jsonb),
  api.dap_segment_full(jsonb, jsonb),
  api.dap_job_put(jsonb, jsonb),
  api.dap_job_get(jsonb, jsonb),
  api.dap_job_continue(jsonb, jsonb),
  api.dap_job_remove(jsonb, jsonb),
  api.dap_share_put(jsonb, jsonb),
  api.dap_share_get(jsonb, jsonb),
  api.dap_share_remove(jsonb, jsonb),
  api.dap_collect_put(jsonb, jsonb),
  api.dap_collect_get(jsonb, jsonb),
  api.dap_collect_remove(jsonb, jsonb)
TO darkroom_fcgi;
