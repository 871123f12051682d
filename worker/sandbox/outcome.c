#include "outcome.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "../../lib/base/json.h"

#define EXCEPTION_STATUS	1	/* as zygote/job.py */
#define MIB			(1LL << 20)

/* ---- which reason -------------------------------------------------------------- */
static bool failed(const struct ending *n) { return n->has_status && n->status != 0; }
static bool exited(const struct ending *n) { return n->has_status && WIFEXITED(n->status); }

static bool is_killed(const struct ending *n) { return n->killed[0] != '\0'; }
static bool is_oom(const struct ending *n) { return failed(n) && n->oom_kills > 0; }
static bool is_setup(const struct ending *n) { return n->setup[0] != '\0' || (!n->has_status && n->bad_input < 0); }
static bool is_input(const struct ending *n) { return n->bad_input >= 0 || (!n->started && n->binding && failed(n)); }
static bool is_unstarted(const struct ending *n) { return !n->started; }
static bool is_disk(const struct ending *n) { return failed(n) && (n->disk_full || n->err_nospace); }
static bool is_pids(const struct ending *n) { return failed(n) && n->pids_denied > 0; }
static bool is_signal(const struct ending *n) { return n->has_status && WIFSIGNALED(n->status); }

static bool
is_exception(const struct ending *n)
{
	return exited(n) && WEXITSTATUS(n->status) == EXCEPTION_STATUS && n->has_exception;
}

static bool is_exit(const struct ending *n) { return failed(n); }
static bool is_too_large(const struct ending *n) { return n->too_large != NULL; }
static bool is_missing(const struct ending *n) { return n->missing != NULL; }

/* ---- what the hint needs --------------------------------------------------------- */
static void
about_killed(const struct ending *n, struct json_object *d)
{
	if (n->syscall[0] != '\0')
		json_add_str(d, "syscall", n->syscall);
	if (strcmp(n->killed, "TIMEOUT") == 0)
		json_add_i64(d, "wall_s", n->spec->limits.wall_s);
	if (strcmp(n->killed, "OOM") == 0)
		json_add_i64(d, "memory_mb", n->spec->limits.memory_mb);
}

static void
about_memory(const struct ending *n, struct json_object *d)
{
	json_add_i64(d, "memory_mb", n->spec->limits.memory_mb);
	json_add_i64(d, "peak_mb", n->memory_peak / MIB);
}

static void about_setup(const struct ending *n, struct json_object *d) { json_add_str(d, "step", n->setup); }
static void about_disk(const struct ending *n, struct json_object *d) { json_add_i64(d, "disk_mb", n->spec->limits.disk_mb); }
static void about_pids(const struct ending *n, struct json_object *d) { json_add_i64(d, "pids", n->spec->limits.pids); }
static void about_cap(const struct ending *n, struct json_object *d) { json_add_str(d, "cap", n->too_large); }
static void about_nothing(const struct ending *n, struct json_object *d) { (void)n; (void)d; }

static void
about_input(const struct ending *n, struct json_object *d)
{
	if (n->bad_input < 0)
		return;
	json_add_str(d, "variable", n->spec->inputs[n->bad_input].variable);
	json_add_str(d, "kind", n->spec->inputs[n->bad_input].kind);
}

static void
about_missing(const struct ending *n, struct json_object *d)
{
	json_add_str(d, "name", n->missing);
	if (n->near != NULL)
		json_add_str(d, "near", n->near);
}

/* The first that holds.  NULL code: the reason we killed it for. */
static const struct rule {
	const char *code;
	bool (*is)(const struct ending *);
	void (*about)(const struct ending *, struct json_object *);
} rules[] = {
	{ NULL, is_killed, about_killed },
	{ "OOM", is_oom, about_memory },
	{ "SANDBOX_FAILED", is_setup, about_setup },
	{ "INPUT_UNREADABLE", is_input, about_input },
	{ "SANDBOX_FAILED", is_unstarted, about_setup },
	{ "DISK_FULL", is_disk, about_disk },
	{ "PIDS_LIMIT", is_pids, about_pids },
	{ "SIGNALLED", is_signal, about_nothing },
	{ "EXCEPTION", is_exception, about_nothing },
	{ "NONZERO_EXIT", is_exit, about_nothing },
	{ "OUTPUT_TOO_LARGE", is_too_large, about_cap },
	{ "OUTPUT_MISSING", is_missing, about_missing },
};

static const struct rule *
first_rule(const struct ending *n)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].is(n))
			return &rules[i];
	return NULL;
}

const char *
outcome_reason(const struct ending *n)
{
	const struct rule *r = first_rule(n);

	return r == NULL ? NULL : r->code != NULL ? r->code : n->killed;
}

/* ---- as the contract has it -------------------------------------------------------- */
static struct json_object *
error_json(const struct ending *n, const char *reason)
{
	struct json_object *o;

	if (reason == NULL || (strcmp(reason, "EXCEPTION") != 0 && n->bad_type[0] == '\0'))
		return NULL;
	o = json_object_new_object();
	json_add_str(o, "type", n->bad_type[0] != '\0' ? n->bad_type : n->type);
	json_add(o, "line", n->line > 0 ? json_object_new_int64(n->line) : NULL);
	json_add_str(o, "message", n->bad_type[0] != '\0' ? "" : n->message);
	return o;
}

struct json_object *
outcome_json(const struct ending *n, struct json_object *files, struct json_object *notes)
{
	const struct rule *r = first_rule(n);
	const char *reason = outcome_reason(n);
	struct json_object *o = json_object_new_object(), *usage = json_object_new_object();
	struct json_object *detail = json_object_new_object();

	if (r != NULL)
		r->about(n, detail);
	json_add_i64(usage, "wall_ms", n->wall_us / 1000);
	json_add_i64(usage, "cpu_ms", n->cpu_us / 1000);
	json_add_i64(usage, "memory_peak_bytes", n->memory_peak);
	json_add_str(o, "state", reason == NULL ? "completed" : "failed");
	json_add_str(o, "reason", reason);
	json_add_bool(o, "started", n->started);
	json_add(o, "exit_code", exited(n) ? json_object_new_int(WEXITSTATUS(n->status)) : NULL);
	json_add(o, "signal", is_signal(n) ? json_object_new_int(WTERMSIG(n->status)) : NULL);
	json_add(o, "error", error_json(n, reason));
	json_add(o, "detail", detail);
	json_add(o, "usage", usage);
	json_add_bool(o, "output_truncated", n->truncated);
	json_add(o, "files", files);
	json_add(o, "notes", notes);
	return o;
}

/* ---- what the wrapper says ----------------------------------------------------------- */
void
outcome_hear(struct ending *n, struct json_object *packet)
{
	const char *type, *message;
	int64_t line = 0, number = 0, tasks = 0;
	struct err e = ERR_INIT;

	if (json_get_str(packet, "type", 1, sizeof(n->type) - 1, &type, &e) == -1 ||
	    json_get_str(packet, "message", 0, 4 * OUTCOME_TEXT_MAX, &message, &e) == -1 ||
	    json_opt_i64(packet, "line", 1, INT32_MAX, &line, &e) == -1 ||
	    json_opt_i64(packet, "errno", INT32_MIN, INT32_MAX, &number, &e) == -1 ||
	    json_opt_i64(packet, "tasks", 0, INT32_MAX, &tasks, &e) == -1)
		return;
	snprintf(n->type, sizeof(n->type), "%s", type);
	snprintf(n->message, sizeof(n->message), "%s", message);
	/* A cut in the middle of a character would not be JSON any more. */
	for (size_t k = strlen(n->message); k > 0 && !utf8_valid(n->message, k); k--)
		n->message[k - 1] = '\0';
	n->line = line;
	n->tasks = tasks;
	n->err_nospace = number == ENOSPC || number == EDQUOT;
	n->has_exception = true;
}
