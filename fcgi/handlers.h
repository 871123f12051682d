#ifndef FCGI_HANDLERS_H
#define FCGI_HANDLERS_H
/* Every handler, by file: h_<noun>_<verb>.c. */
struct handler;
extern const struct handler h_alias_gone, h_health, h_healthz, h_readyz, h_metrics, h_openapi;
extern const struct handler h_artifact_get, h_log_get;
extern const struct handler h_asset_list, h_asset_put, h_asset_put_check, h_asset_remove, h_asset_set,
    h_asset_show;
extern const struct handler h_compute_cancel, h_compute_events, h_compute_events_all, h_compute_list, h_compute_purge, h_compute_release, h_compute_result,
    h_compute_show, h_compute_submit, h_compute_withhold;
extern const struct handler h_cred_jobs, h_cred_job_show, h_cred_job_list, h_cred_job_cancel, h_cred_job_events, h_wallet_list,
    h_tails_get, h_tails_put, h_tails_put_check, h_import_put, h_import_put_check, h_export_get;
extern const struct handler h_dap_config, h_dap_upload, h_dap_job_put, h_dap_job_post, h_dap_job_check, h_dap_job_get, h_dap_job_continue,
    h_dap_job_remove, h_dap_share_put, h_dap_share_post, h_dap_share_get, h_dap_share_remove, h_dap_collect_put, h_dap_collect_get,
    h_dap_collect_remove;
extern const struct handler h_agg_status, h_agg_task_add, h_agg_task_list, h_agg_task_show, h_agg_task_remove, h_agg_task_counters;
extern const struct handler h_image_list, h_image_set, h_lane_list, h_lane_set, h_queue_stats, h_worker_list;
extern const struct handler h_schedule_list, h_schedule_put, h_schedule_stop, h_schedule_job;
extern const struct handler h_challenge_make, h_challenge_take, h_key_add, h_key_remove, h_principal_add, h_principal_list, h_principal_set;
extern const struct handler h_lease_approve, h_lease_grant, h_lease_list, h_lease_propose, h_lease_reject,
    h_lease_revoke, h_lease_show, h_lease_dispute, h_dispute_close;
extern const struct handler h_product_list, h_product_put, h_product_remove, h_product_show;
extern const struct handler h_script_put;
extern const struct handler h_aggregate_show, h_template_list, h_template_put, h_template_remove, h_train_submit;
extern const struct handler h_token_add, h_token_list, h_token_remove;
#endif
