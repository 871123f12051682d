#ifndef DAP_TASK_H
#define DAP_TASK_H
#include "../base/json.h"
#include "../crypt/gauss.h"
#include "../crypt/secret.h"
#include "batch.h"
/*
 * A task: what all parties agree on, and what one of them keeps to itself.  As
 * JSON (specification 3.4):
 *
 *   task_id, profile, role, leader_url, helper_url, vdaf, batch, time_precision_s,
 *   min_batch_size, max_batch_query_count, expires_at (seconds since the epoch),
 *   skew_s, retain_s, noise, collector_hpke_config; of profile 18: task_info
 *   (text), task_start, task_duration (seconds), extensions (base64url of
 *   TaskExtension*, what task_start and task_duration say in the wire's form)
 *
 *   secret: verify_key, leader_token, collector_token
 */
#define DAP_URL_MAX	512	/* bytes */
#define DAP_TOKEN_MIN	16	/* characters of a token */
#define DAP_TOKEN_MAX	256
#define DAP_VERIFY_KEY_MAX PRIO3_SEED_MAX

struct dap_task {
	uint8_t	id[DAP_TASK_ID];
	const struct dap_profile *profile;
	enum dap_role role;
	char	leader_url[DAP_URL_MAX + 1], helper_url[DAP_URL_MAX + 1];	/* byte for byte as given */
	struct prio3_param vdaf;	/* chunk_length filled in, context not: dap_task_prio3 */
	enum dap_mode mode;
	int64_t	max_batch_size, batch_window_s;		/* of DAP_FIXED_SIZE; 0: none */
	int64_t	time_precision_s, min_batch_size, max_batch_query_count;
	int64_t	expires_at, skew_s, retain_s;
	char	task_info[256];		/* of 18: 1..255 bytes */
	int64_t	task_start, task_duration;		/* of 18, seconds; duration 0: none */
	struct gauss noise;		/* den 0: none */
	uint8_t	collector_config[DAP_HPKE_CONFIG_MAX];	/* an encoded HpkeConfig */
	size_t	collector_config_len;	/* 0: none */
};
/* What only this party holds; each is empty where it has none. */
struct dap_task_secrets {
	struct secret verify_key;	/* 16 bytes (09) or 32 (18) */
	struct secret leader_token;	/* text without NUL: leader to helper */
	struct secret collector_token;	/* collector to leader */
};
#define DAP_TASK_SECRETS_INIT	{ .verify_key = SECRET_INIT }
void dap_task_secrets_release(struct dap_task_secrets *s);	/* safe on zeroed */

#define DAP_ROLES(r)	(1u << (r))
#define DAP_NODE_ROLES	(DAP_ROLES(DAP_LEADER) | DAP_ROLES(DAP_HELPER) | DAP_ROLES(DAP_COLLECTOR))
/*
 * dap_task_parse(t, s, roles, o, e): a task and its secrets from JSON; the role
 * must be one of the set `roles`.  What is absent gets its default: a random
 * task_id, the best chunk_length, max_batch_query_count 1, skew_s 120, retain_s
 * two weeks, expires_at the end of a task_duration, which no later one
 * outlasts.  Members that the profile does not have are refused.
 *
 *   secrets      leader                helper          collector        client
 *   required     verify_key,           verify_key,     -                none is
 *                leader_token,         leader_token                     taken
 *                collector_token
 *   optional                                           collector_token
 *
 * collector_hpke_config is required of leader, helper and collector.
 * 0, or -1 with ERR_VALIDATION naming the member; t and s are untouched then.
 * The texts of secrets in o stay the caller's: dap_task_forget.
 */
int dap_task_parse(struct dap_task *t, struct dap_task_secrets *s, unsigned roles, struct json_object *o,
    struct err *e);
/* dap_task_forget(o): overwrite the texts of secrets inside o. */
void dap_task_forget(struct json_object *o);
/*
 * dap_task_json(t): the task without secrets, every default said; the caller's.
 * What dap_task_parse reads (with the secrets added) and what SQL keeps.
 * dap_task_from(t, o, e): the inverse, for a task that was checked: no secret is
 * asked for, unknown members are let pass.
 */
struct json_object *dap_task_json(const struct dap_task *t);
int dap_task_from(struct dap_task *t, struct json_object *o, struct err *e);
/*
 * dap_task_secrets_json(t, s): {"task_id","verify_key"?,"leader_token"?,"collector_token"?} of the
 * tokens that this party sends: what is sealed for the runner.  The caller's to
 * forget and put.  dap_task_secrets_from: the inverse; ERR_VALIDATION when
 * task_id is another's.
 */
struct json_object *dap_task_secrets_json(const struct dap_task *t, const struct dap_task_secrets *s);
int dap_task_secrets_from(struct dap_task_secrets *s, const struct dap_task *t, struct json_object *o, struct err *e);

/* dap_task_prio3(t, e): the task's instance, with its context in 18; NULL with
 * ERR_VALIDATION.  The caller's (prio3_free). */
struct prio3 *dap_task_prio3(const struct dap_task *t, struct err *e);
/*
 * dap_task_bound(t, out, e): what the task's VDAF says of sizes: its shares have one
 * length each, so a longer report, whatever is in it, is none of the task; another
 * suite of the helper's and extensions, which are refused by their own name, have
 * DAP_REPORT_SLACK.  0, or -1 with ERR_VALIDATION as dap_task_prio3.
 */
#define DAP_REPORT_SLACK	512	/* bytes */
#define DAP_SHARE_MAX	(1u << 20)	/* bytes of an aggregate share of a leader or a helper: both of a collection are kept at once */
struct dap_task_bound {
	int64_t	report_max_bytes;
	int64_t	share_bytes;	/* of an aggregate share */
	int64_t	count_max;	/* reports whose sum cannot pass the modulus; 0: no batch comes near */
};
int dap_task_bound(const struct dap_task *t, struct dap_task_bound *out, struct err *e);
/* dap_task_config_put(b, t): the TaskConfiguration of profile 18; nothing in 09. */
void dap_task_config_put(struct buf *b, const struct dap_task *t);
/* dap_task_collector(t, out): the collector's HPKE configuration; slices point into t. */
void dap_task_collector(const struct dap_task *t, struct dap_hpke_config *out);
/* dap_token_sha256(token, out): how a token that comes in is kept. */
void dap_token_sha256(const struct secret *token, uint8_t out[32]);
#endif
