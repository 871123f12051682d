/* Tasks as JSON, and what must not stay of it in memory. */
#include <stdio.h>
#include <string.h>

#include "../base/codec.h"
#include "task_extension.h"
#include "task_vdaf.h"

static void
add_b64u(struct json_object *o, const char *key, const uint8_t *p, size_t n)
{
	char text[B64_LEN(DAP_HPKE_CONFIG_MAX)];

	b64url_encode(text, p, n);
	json_add_str(o, key, text);
	explicit_bzero(text, sizeof(text));
}

static void
add_batch(struct json_object *o, const struct dap_task *t)
{
	struct json_object *b = json_object_new_object();

	json_add_str(b, "mode", t->mode == DAP_FIXED_SIZE ? "fixed_size" :
	    "time_interval");
	if (t->max_batch_size > 0)
		json_add_i64(b, "max_batch_size", t->max_batch_size);
	if (t->batch_window_s > 0)
		json_add_i64(b, "batch_window_s", t->batch_window_s);
	json_add(o, "batch", b);
}

static void
add_noise(struct json_object *o, const struct dap_task *t)
{
	struct json_object *n;
	char sigma[48];

	if (t->noise.den == 0)
		return;
	n = json_object_new_object();
	snprintf(sigma, sizeof(sigma), "%llu/%llu",
	    (unsigned long long)t->noise.num, (unsigned long long)t->noise.den);
	json_add_str(n, "sigma", sigma);
	json_add(o, "noise", n);
}

struct json_object *
dap_task_json(const struct dap_task *t)
{
	struct json_object *o = json_object_new_object();

	add_b64u(o, "task_id", t->id, sizeof(t->id));
	json_add_str(o, "profile", t->profile->name);
	json_add_str(o, "role", dap_role_word(t->role));
	json_add_str(o, "leader_url", t->leader_url);
	json_add_str(o, "helper_url", t->helper_url);
	json_add(o, "vdaf", task_vdaf_json(&t->vdaf));
	add_batch(o, t);
	json_add_i64(o, "time_precision_s", t->time_precision_s);
	json_add_i64(o, "min_batch_size", t->min_batch_size);
	json_add_i64(o, "max_batch_query_count", t->max_batch_query_count);
	json_add_i64(o, "expires_at", t->expires_at);
	json_add_i64(o, "skew_s", t->skew_s);
	json_add_i64(o, "retain_s", t->retain_s);
	if (t->profile == &dap_18)
		json_add_str(o, "task_info", t->task_info);
	if (t->task_duration > 0) {
		json_add_i64(o, "task_start", t->task_start);
		json_add_i64(o, "task_duration", t->task_duration);
	}
	add_noise(o, t);
	if (t->collector_config_len > 0)
		add_b64u(o, "collector_hpke_config", t->collector_config,
		    t->collector_config_len);
	return o;
}

/* add_token: the text of a token, where there is one. */
static void
add_token(struct json_object *o, const char *key, const struct secret *s)
{
	if (s->len > 0)
		json_add_strn(o, key, (const char *)s->p, s->len);
}

struct json_object *
dap_task_secrets_json(const struct dap_task *t,
    const struct dap_task_secrets *s)
{
	struct json_object *o = json_object_new_object();

	add_b64u(o, "task_id", t->id, sizeof(t->id));
	if (s->verify_key.len > 0)
		add_b64u(o, "verify_key", s->verify_key.p, s->verify_key.len);
	if (t->role == DAP_LEADER)
		add_token(o, "leader_token", &s->leader_token);
	if (t->role == DAP_COLLECTOR)
		add_token(o, "collector_token", &s->collector_token);
	return o;
}

void
dap_task_forget(struct json_object *o)
{
	static const char *const keys[] = {
		"verify_key", "leader_token", "collector_token"
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct json_object *v = json_object_object_get(o, keys[i]);

		/* the text lies in the object itself: json-c gives no other way */
		if (json_object_is_type(v, json_type_string))
			explicit_bzero((char *)(uintptr_t)
			    json_object_get_string(v),
			    (size_t)json_object_get_string_len(v));
	}
}
