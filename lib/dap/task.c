#include "task.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../base/rand.h"
#include "../crypt/hpke/hpke.h"
#include "../crypt/sha256.h"
#include "task_extension.h"
#include "task_vdaf.h"

#define DEFAULT_SKEW_S		120
#define DEFAULT_RETAIN_S	(14 * 86400)
#define SPAN_MAX_S		(INT64_C(100) * 366 * 86400)	/* of durations */
#define EPOCH_MAX_S		INT64_C(253402300799)	/* the end of the year 9999 */
#define COUNT_MAX		(INT64_C(1) << 40)	/* reports of a batch */

static const char *const members[] = {
	"task_id", "profile", "role", "leader_url", "helper_url", "vdaf",
	"batch", "time_precision_s", "min_batch_size", "max_batch_query_count",
	"expires_at", "skew_s", "retain_s", "noise", "collector_hpke_config",
	"verify_key", "leader_token", "collector_token",
	/* from here on: of profile 18 */
	"task_info", "task_start", "task_duration", "extensions", NULL
};
#define MEMBERS_09 18

/* b64u: a member of n bytes in base64url. */
static int
b64u(struct json_object *o, const char *key, uint8_t *out, size_t n,
    struct err *e)
{
	const char *text;

	if (json_get_str(o, key, 1, 128, &text, e) == -1)
		return -1;
	if (b64url_decode(out, n, text, strlen(text)) != (ssize_t)n)
		return err_set(e, ERR_VALIDATION,
		    "%s: must be base64url of %zu bytes", key, n);
	return 0;
}

static bool
has(struct json_object *o, const char *key)
{
	return json_object_object_get(o, key) != NULL;
}

/* url: a base URL, kept as it is: 18 binds its bytes. */
static int
url(struct json_object *o, const char *key, char out[DAP_URL_MAX + 1],
    struct err *e)
{
	static const char *const schemes[] = { "https://", "http://" };
	const char *text, *host = NULL;

	if (json_get_str(o, key, 1, DAP_URL_MAX, &text, e) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (strncasecmp(text, schemes[i], strlen(schemes[i])) == 0)
			host = text + strlen(schemes[i]);
	for (const char *c = text; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || strchr("?#\\\"<>^`{|}", *c) != NULL)
			host = NULL;
	if (host == NULL || *host == '\0' || *host == '/' ||
	    memchr(host, '@', strcspn(host, "/")) != NULL)
		return err_set(e, ERR_VALIDATION,
		    "%s: must be a URL with host, without user, query and fragment",
		    key);
	memcpy(out, text, strlen(text) + 1);
	return 0;
}

static int
batch(struct dap_task *t, struct json_object *task, bool strict,
    struct err *e)
{
	static const char *const interval[] = { "mode", NULL };
	static const char *const fixed[] = {
		"mode", "max_batch_size", "batch_window_s", NULL
	};
	struct json_object *o;
	const char *mode;

	if (json_get_obj(task, "batch", &o, e) == -1)
		return -1;
	if (json_get_str(o, "mode", 1, 32, &mode, e) == -1)
		return err_wrap(e, "batch");
	if (strcmp(mode, "time_interval") == 0)
		t->mode = DAP_TIME_INTERVAL;
	else if (strcmp(mode, "fixed_size") == 0)
		t->mode = DAP_FIXED_SIZE;
	else
		return err_set(e, ERR_VALIDATION,
		    "batch: mode: must be time_interval or fixed_size");
	if (strict && json_known(o, t->mode == DAP_FIXED_SIZE ? fixed :
	    interval, e) == -1)
		return err_wrap(e, "batch");
	if (t->mode == DAP_FIXED_SIZE &&
	    (json_opt_i64(o, "max_batch_size", t->min_batch_size, COUNT_MAX,
	    &t->max_batch_size, e) == -1 ||
	    json_opt_i64(o, "batch_window_s", 1, SPAN_MAX_S,
	    &t->batch_window_s, e) == -1))
		return err_wrap(e, "batch");
	return 0;
}

/* numbers: sizes and times; what is absent keeps the default that t has. */
static int
numbers(struct dap_task *t, struct json_object *o, struct err *e)
{
	if (json_get_i64(o, "time_precision_s", 1, SPAN_MAX_S,
	    &t->time_precision_s, e) == -1 ||
	    json_get_i64(o, "min_batch_size", 1, COUNT_MAX, &t->min_batch_size,
	    e) == -1 ||
	    json_opt_i64(o, "max_batch_query_count", 1, 1000000,
	    &t->max_batch_query_count, e) == -1 ||
	    json_opt_i64(o, "skew_s", 0, 86400, &t->skew_s, e) == -1 ||
	    json_opt_i64(o, "retain_s", 0, SPAN_MAX_S, &t->retain_s, e) == -1)
		return -1;
	return 0;
}

/* sums_fit: a batch of the minimum has a sum below the modulus, which the
 * nodes can carry. */
static int
sums_fit(const struct dap_task *t, struct err *e)
{
	struct dap_task_bound b;

	if (dap_task_bound(t, &b, e) == -1)
		return err_wrap(e, "vdaf");
	if ((DAP_ROLES(t->role) & (DAP_ROLES(DAP_LEADER) | DAP_ROLES(DAP_HELPER)))
	    && b.share_bytes > DAP_SHARE_MAX)
		return err_set(e, ERR_VALIDATION, "vdaf: length: an aggregate "
		    "share has %lld bytes, over the %u that a node takes",
		    (long long)b.share_bytes, DAP_SHARE_MAX);
	return b.count_max == 0 || t->min_batch_size <= b.count_max ? 0 :
	    err_set(e, ERR_VALIDATION, "min_batch_size: sums of over %lld "
	    "such measurements can pass the modulus",
	    (long long)b.count_max);
}

static int
noise(struct dap_task *t, struct json_object *task, bool strict,
    struct err *e)
{
	static const char *const known[] = { "sigma", NULL };
	struct json_object *o = NULL;
	const char *sigma;
	int there = json_opt_obj(task, "noise", &o, e);

	if (there != 1)
		return there;
	if ((strict && json_known(o, known, e) == -1) ||
	    json_get_str(o, "sigma", 1, 40, &sigma, e) == -1 ||
	    gauss_parse(&t->noise, sigma, e) == -1)
		return err_wrap(e, "noise");
	return 0;
}

/* collector: its HPKE configuration, which must be one that we can seal to. */
static int
collector(struct dap_task *t, struct json_object *o, struct err *e)
{
	const char *text;
	struct dap_hpke_config c;
	ssize_t n;
	int there = json_opt_str(o, "collector_hpke_config", 1,
	    B64_LEN(DAP_HPKE_CONFIG_MAX), &text, e);

	if (there != 1)
		return there;
	n = b64url_decode(t->collector_config, sizeof(t->collector_config),
	    text, strlen(text));
	if (n == -1 || dap_hpke_config_read(&c,
	    dap_slice(t->collector_config, (size_t)n), NULL) == -1 ||
	    dap_hpke_config_pick(&c, 1) == NULL)
		return err_set(e, ERR_VALIDATION,
		    "collector_hpke_config: must be base64url of an HpkeConfig with X25519, SHA-256 and a known AEAD");
	t->collector_config_len = (size_t)n;
	return 0;
}

/* interval_18: when the task begins and ends, in either form. */
static int
interval_18(struct dap_task *t, struct json_object *o, struct err *e)
{
	uint8_t list[64];
	const char *text;
	struct dap_task wire = *t;
	ssize_t n;
	int there;

	if (has(o, "task_start") != has(o, "task_duration"))
		return err_set(e, ERR_VALIDATION,
		    "task_start: goes with task_duration");
	if (json_opt_i64(o, "task_start", 0, EPOCH_MAX_S, &t->task_start,
	    e) == -1 || json_opt_i64(o, "task_duration", 1, SPAN_MAX_S,
	    &t->task_duration, e) == -1)
		return -1;
	if (t->task_start % t->time_precision_s != 0 ||
	    t->task_duration % t->time_precision_s != 0)
		return err_set(e, ERR_VALIDATION,
		    "task_start: it and task_duration must be multiples of time_precision_s");
	if ((there = json_opt_str(o, "extensions", 0, B64_LEN(sizeof(list)),
	    &text, e)) != 1)
		return there;
	if ((n = b64url_decode(list, sizeof(list), text, strlen(text))) == -1)
		return err_set(e, ERR_VALIDATION,
		    "extensions: must be base64url of TaskExtension*");
	if (task_extensions_read(&wire, dap_slice(list, (size_t)n), e) == -1)
		return -1;
	if (wire.task_start > EPOCH_MAX_S || wire.task_duration > SPAN_MAX_S)
		return err_set(e, ERR_VALIDATION,
		    "extensions: task_interval is out of range");
	if (t->task_duration != 0 && (wire.task_start != t->task_start ||
	    wire.task_duration != t->task_duration))
		return err_set(e, ERR_VALIDATION,
		    "extensions: say another interval than task_start and task_duration");
	t->task_start = wire.task_start;
	t->task_duration = wire.task_duration;
	return 0;
}

static int
only_18(struct dap_task *t, struct json_object *o, struct err *e)
{
	const char *info;

	if (t->profile != &dap_18)
		return 0;
	if (json_get_str(o, "task_info", 1, sizeof(t->task_info) - 1, &info,
	    e) == -1 || interval_18(t, o, e) == -1)
		return -1;
	memcpy(t->task_info, info, strlen(info) + 1);
	return 0;
}

/* expiry: the end of the task's interval, or what is said and comes before. */
static int
expiry(struct dap_task *t, struct json_object *o, struct err *e)
{
	int64_t end = t->task_start + t->task_duration;

	if (t->task_duration == 0)
		return json_get_i64(o, "expires_at", 1, EPOCH_MAX_S,
		    &t->expires_at, e);
	t->expires_at = end;
	if (json_opt_i64(o, "expires_at", 1, EPOCH_MAX_S, &t->expires_at,
	    e) == -1)
		return -1;
	if (t->expires_at > end)
		t->expires_at = end;
	return 0;
}

/* who: id, profile and role, on which the rest depends. */
static int
who(struct dap_task *t, struct json_object *o, struct err *e)
{
	const char *profile, *role;

	if (json_get_str(o, "profile", 1, 8, &profile, e) == -1 ||
	    json_get_str(o, "role", 1, 16, &role, e) == -1)
		return -1;
	if ((t->profile = dap_profile_of(profile)) == NULL)
		return err_set(e, ERR_VALIDATION, "profile: must be 09 or 18");
	if ((t->role = dap_role_of(role)) == DAP_ROLE_MAX)
		return err_set(e, ERR_VALIDATION,
		    "role: must be leader, helper, collector or client");
	if (!has(o, "task_id")) {
		rand_bytes(t->id, sizeof(t->id));
		return 0;
	}
	return b64u(o, "task_id", t->id, sizeof(t->id), e);
}

/* read: everything but secrets; strict refuses what is not known. */
static int
read_task(struct dap_task *out, struct json_object *o, bool strict,
    struct err *e)
{
	struct dap_task t = {
		.max_batch_query_count = 1,
		.skew_s = DEFAULT_SKEW_S,
		.retain_s = DEFAULT_RETAIN_S,
	};
	const char *known[sizeof(members) / sizeof(*members)];
	struct json_object *vdaf;

	if (!json_object_is_type(o, json_type_object))
		return err_set(e, ERR_VALIDATION, "a task must be an object");
	if (who(&t, o, e) == -1)
		return -1;
	memcpy(known, members, sizeof(known));
	if (t.profile != &dap_18)
		known[MEMBERS_09] = NULL;
	if ((strict && json_known(o, known, e) == -1) ||
	    url(o, "leader_url", t.leader_url, e) == -1 ||
	    url(o, "helper_url", t.helper_url, e) == -1 ||
	    json_get_obj(o, "vdaf", &vdaf, e) == -1)
		return -1;
	if (task_vdaf_read(&t.vdaf, t.profile, vdaf, strict, e) == -1)
		return err_wrap(e, "vdaf");
	if (numbers(&t, o, e) == -1 || (strict && sums_fit(&t, e) == -1) ||
	    batch(&t, o, strict, e) == -1 ||
	    noise(&t, o, strict, e) == -1 || collector(&t, o, e) == -1 ||
	    only_18(&t, o, e) == -1 || expiry(&t, o, e) == -1)
		return -1;
	if (t.role != DAP_CLIENT && t.collector_config_len == 0)
		return err_set(e, ERR_VALIDATION,
		    "collector_hpke_config: is missing");
	*out = t;
	return 0;
}

void
dap_task_secrets_release(struct dap_task_secrets *s)
{
	secret_release(&s->verify_key);
	secret_release(&s->leader_token);
	secret_release(&s->collector_token);
}

/* What a role has of the secrets. */
enum need { NONE, MAY, MUST };
static const struct {
	enum need verify_key, leader_token, collector_token;
} needs[DAP_ROLE_MAX] = {
	[DAP_LEADER] = { MUST, MUST, MUST },
	[DAP_HELPER] = { MUST, MUST, NONE },
	[DAP_COLLECTOR] = { NONE, NONE, MAY },
	[DAP_CLIENT] = { NONE, NONE, NONE },
};

/* wanted: 1 there, 0 absent as it may be, -1 for a member that is missing or that
 * the role does not have. */
static int
wanted(struct json_object *o, const char *key, enum need need,
    enum dap_role role, struct err *e)
{
	if (has(o, key)) {
		if (need == NONE)
			return err_set(e, ERR_VALIDATION,
			    "%s: is not for a %s", key, dap_role_word(role));
		return 1;
	}
	if (need == MUST)
		return err_set(e, ERR_VALIDATION, "%s: is missing", key);
	return 0;
}

/* token: what may stand in an Authorization header; RFC 6750, b64token. */
static int
token(struct secret *out, struct json_object *o, const char *key,
    enum need need, enum dap_role role, struct err *e)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
	const char *text;
	int there = wanted(o, key, need, role, e);

	if (there != 1)
		return there;
	if (json_get_str(o, key, DAP_TOKEN_MIN, DAP_TOKEN_MAX, &text, e) == -1)
		return -1;
	if (text[strspn(text, alphabet)] != '\0')
		return err_set(e, ERR_VALIDATION,
		    "%s: must be letters, digits and -._~+/= only", key);
	if (secret_alloc(out, strlen(text), e) == -1)
		return -1;
	memcpy(out->p, text, out->len);
	return 0;
}

static int
verify_key(struct secret *out, struct json_object *o, enum need need,
    const struct dap_task *t, struct err *e)
{
	int there = wanted(o, "verify_key", need, t->role, e);

	if (there != 1)
		return there;
	if (secret_alloc(out, t->profile->verify_key_bytes, e) == -1)
		return -1;
	return b64u(o, "verify_key", out->p, out->len, e);
}

int
dap_task_parse(struct dap_task *t, struct dap_task_secrets *s, unsigned roles,
    struct json_object *o, struct err *e)
{
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets got =
	    DAP_TASK_SECRETS_INIT;
	struct dap_task task;

	if (read_task(&task, o, true, e) == -1)
		return -1;
	if ((roles & DAP_ROLES(task.role)) == 0)
		return err_set(e, ERR_VALIDATION, "role: %s is not for this place",
		    dap_role_word(task.role));
	if (verify_key(&got.verify_key, o, needs[task.role].verify_key, &task,
	    e) == -1 || token(&got.leader_token, o, "leader_token",
	    needs[task.role].leader_token, task.role, e) == -1 ||
	    token(&got.collector_token, o, "collector_token",
	    needs[task.role].collector_token, task.role, e) == -1)
		return -1;
	*t = task;
	*s = got;
	got = (struct dap_task_secrets)DAP_TASK_SECRETS_INIT;
	return 0;
}

int
dap_task_from(struct dap_task *t, struct json_object *o, struct err *e)
{
	return read_task(t, o, false, e);
}

int
dap_task_secrets_from(struct dap_task_secrets *s, const struct dap_task *t,
    struct json_object *o, struct err *e)
{
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets got =
	    DAP_TASK_SECRETS_INIT;
	uint8_t id[DAP_TASK_ID];
	const enum need key = needs[t->role].verify_key;

	if (b64u(o, "task_id", id, sizeof(id), e) == -1)
		return -1;
	if (memcmp(id, t->id, sizeof(id)) != 0)
		return err_set(e, ERR_VALIDATION,
		    "task_id: these secrets are another task's");
	if (verify_key(&got.verify_key, o, key, t, e) == -1 ||
	    token(&got.leader_token, o, "leader_token",
	    t->role == DAP_LEADER ? MUST : NONE, t->role, e) == -1 ||
	    token(&got.collector_token, o, "collector_token",
	    t->role == DAP_COLLECTOR ? MAY : NONE, t->role, e) == -1)
		return -1;
	*s = got;
	got = (struct dap_task_secrets)DAP_TASK_SECRETS_INIT;
	return 0;
}

struct prio3 *
dap_task_prio3(const struct dap_task *t, struct err *e)
{
	uint8_t ctx[DAP_LABEL_MAX + DAP_TASK_ID];
	struct prio3_param v = t->vdaf;
	size_t label = strlen(t->profile->label);

	if (t->profile->task_configs) {
		memcpy(ctx, t->profile->label, label);
		memcpy(ctx + label, t->id, DAP_TASK_ID);
		v.ctx = ctx;
		v.ctx_len = label + DAP_TASK_ID;
	}
	return prio3_new(&v, e);
}

void
dap_task_collector(const struct dap_task *t, struct dap_hpke_config *out)
{
	if (dap_hpke_config_read(out, dap_slice(t->collector_config,
	    t->collector_config_len), NULL) == -1)
		abort();	/* it was read when the task was */
}

void
dap_token_sha256(const struct secret *text, uint8_t out[32])
{
	sha256(out, text->p, text->len);
}
