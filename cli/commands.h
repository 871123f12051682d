#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H
#include "cli.h"
/*
 * The commands, one file for each noun; command.c has their table.  A command
 * returns an enum exit_code, or -1 with e.
 */
#define COMMAND(name) int name(struct cli *c, const struct args *a, struct err *e)
COMMAND(c_agg_status);
COMMAND(c_agg_task_add);
COMMAND(c_agg_task_counters);
COMMAND(c_agg_task_list);
COMMAND(c_agg_task_remove);
COMMAND(c_agg_task_show);
COMMAND(c_asset_list);
COMMAND(c_asset_put);
COMMAND(c_asset_remove);
COMMAND(c_asset_set);
COMMAND(c_asset_show);
COMMAND(c_complete);
COMMAND(c_credential);
COMMAND(c_credential_cancel);
COMMAND(c_credential_job);
COMMAND(c_credential_jobs);
COMMAND(c_credential_run);
COMMAND(c_credential_show);
COMMAND(c_credential_status_show);
COMMAND(c_dap_collect);
COMMAND(c_dap_keygen);
COMMAND(c_dap_task);
COMMAND(c_dap_upload);
COMMAND(c_health);
COMMAND(c_help);
COMMAND(c_image_allow);
COMMAND(c_image_deny);
COMMAND(c_image_list);
COMMAND(c_job_cancel);
COMMAND(c_job_get);
COMMAND(c_job_list);
COMMAND(c_job_logs);
COMMAND(c_job_purge);
COMMAND(c_job_release);
COMMAND(c_job_show);
COMMAND(c_job_status);
COMMAND(c_job_wait);
COMMAND(c_job_watch);
COMMAND(c_job_withhold);
COMMAND(c_key_add);
COMMAND(c_key_new);
COMMAND(c_key_remove);
COMMAND(c_key_show);
COMMAND(c_keys_drop);
COMMAND(c_keys_rewrap);
COMMAND(c_lane_list);
COMMAND(c_lane_pause);
COMMAND(c_lane_resume);
COMMAND(c_lane_size);
COMMAND(c_lease_approve);
COMMAND(c_lease_dispute);
COMMAND(c_lease_grant);
COMMAND(c_lease_list);
COMMAND(c_lease_reject);
COMMAND(c_lease_request);
COMMAND(c_lease_revoke);
COMMAND(c_lease_settle);
COMMAND(c_lease_show);
COMMAND(c_login);
COMMAND(c_own_list);
COMMAND(c_pool);
COMMAND(c_prio_aggregate);
COMMAND(c_prio_encode_shares);
COMMAND(c_prio_index);
COMMAND(c_prio_keygen);
COMMAND(c_prio_preprocess);
COMMAND(c_prio_publish);
COMMAND(c_prio_run);
COMMAND(c_prio_schedule_add);
COMMAND(c_prio_schedule_disable);
COMMAND(c_prio_schedule_fire);
COMMAND(c_prio_schedule_list);
COMMAND(c_prio_shared_seed);
COMMAND(c_prio_verify1);
COMMAND(c_prio_verify2);
COMMAND(c_principal_add);
COMMAND(c_principal_list);
COMMAND(c_principal_off);
COMMAND(c_principal_on);
COMMAND(c_product_list);
COMMAND(c_product_remove);
COMMAND(c_product_set);
COMMAND(c_run);
COMMAND(c_submit);
COMMAND(c_tails_get);
COMMAND(c_tails_put);
COMMAND(c_template_list);
COMMAND(c_template_remove);
COMMAND(c_template_set);
COMMAND(c_token_list);
COMMAND(c_token_new);
COMMAND(c_token_remove);
COMMAND(c_top);
COMMAND(c_wallet_export);
COMMAND(c_wallet_import);
COMMAND(c_wallet_list);
#undef COMMAND
/* Their own options. */
extern const struct opt agg_task_opts[], asset_put_opts[], asset_set_opts[], dap_collect_opts[], dap_keygen_opts[], dap_task_opts[],
    dap_upload_opts[], image_allow_opts[], job_get_opts[], job_list_opts[],
    job_logs_opts[], job_wait_opts[], key_new_opts[], key_show_opts[], lease_approve_opts[], lease_settle_opts[], lease_grant_opts[], lease_list_opts[],
    lease_request_opts[], limit_opts[], principal_add_opts[], prio_encode_opts[], prio_index_opts[], prio_preprocess_opts[], prio_publish_opts[], prio_run_opts[], prio_schedule_opts[],
    prio_verify1_opts[], prio_verify2_opts[], product_list_opts[], product_set_opts[],
    reason_opts[], run_opts[], submit_opts[], template_set_opts[],
    token_new_opts[], top_opts[];
#endif
