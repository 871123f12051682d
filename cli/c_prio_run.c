/*
 * One server's run over some batches, from raw/ to processed/.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/clock.h"
#include "../lib/base/conf.h"
#include "../lib/base/json.h"
#include "../lib/crypt/pubkey.h"
#include "../lib/prio1/ledger.h"
#include "../lib/prio1/run.h"
#include "../lib/prio1/state_id.h"
#include "commands.h"
#include "file.h"
#include "key.h"
#include "prio_opts.h"
#include "prio_store.h"
#include "table.h"

#define BATCHES_MAX	10000
#define CONFIG_MAX	(8u << 20)	/* bytes of DATA_CONFIG */
#define DEADLINE_MS	(INT64_C(86400) * 1000)
#define DELAY_S_MAX	3600

const struct opt prio_run_opts[] = { PRIO_OPT_BATCH, { "bits", "N", false, "values are integers of so many bits (BITS)" },
	{ "data-config", "FILE", false, "JSON list of {batch_id, n_data, bits}, for a dated tree (DATA_CONFIG)" },
	{ "family", "NAME", false, "whose ids are used once: the batch id (FAMILY)" },
	PRIO_OPT_SERVER, PRIO_OPT_KEYS, PRIO_OPT_PUBLIC,
	{ "bucket-internal", "STORE", false, "this server's: folder, s3://bucket[/prefix] or bucket (BUCKET_INTERNAL)" },
	{ "bucket-external", "STORE", false, "the other one's (BUCKET_EXTERNAL)" },
	{ "bucket-internal-ingest", "STORE", false, "dated: of answers (BUCKET_INTERNAL_INGEST)" },
	{ "bucket-internal-private", "STORE", false, "dated: of ours alone (BUCKET_INTERNAL_PRIVATE)" },
	{ "bucket-internal-shared", "STORE", false, "dated: where the other one writes (BUCKET_INTERNAL_SHARED)" },
	{ "bucket-external-shared", "STORE", false, "dated: where we write (BUCKET_EXTERNAL_SHARED)" },
	{ "app-name", "NAME", false, "makes the tree dated (APP_NAME)" },
	{ "bucket-prefix", "PATH", false, "of a dated tree: data/v1 (BUCKET_PREFIX)" },
	PRIO_OPT_POINT, PRIO_OPT_RULES,
	{ "ready", "WORD", false, "manifest or success: what tells that a folder is there (READY)" },
	{ "raw-marker", "WORD", false, "date or any: a flat tree's marker of raw/ says the day (RAW_MARKER)" },
	{ "set-agreement", "WORD", false, "require or off: both accepted the same records (SET_AGREEMENT)" },
	{ "replay", "WORD", false, "refuse or allow ids of other runs (REPLAY)" },
	{ "retain-days", "N", false, "how long ids are known: 400 (RETAIN_DAYS)" },
	{ "min-batch-size", "N", false, "fewer accepted records are not published: 1000 (MIN_BATCH_SIZE)" },
	{ "noise", "SIGMA", false, "a fraction: Gaussian noise that this server adds (NOISE)" },
	{ "peer-noise", "SIGMA", false, "what the other one adds (PEER_NOISE)" },
	{ "sign-key-file", "FILE", false, "Ed25519 key that signs manifests; darkroom key new (SIGN_KEY_FILE)" },
	{ "peer-sign-key", "KEY", false, "the other one's: peer id, hex or PEM file (PEER_SIGN_KEY)" },
	{ "part-max-mb", "N", false, "larger parts are refused: 2000 (PART_MAX_MB)" },
	{ "state-id", "ID", false, "go on only in that state folder (state_id of a summary; else exit 75) (STATE_ID)" },
	{ "once", NULL, false, "do not wait for the other server: exit 75" },
	{ "peer-deadline", "TIME", false, "how long to wait for the other server: 24h (PEER_DEADLINE)" },
	{ "retry-limit", "N", false, "look so many times (RETRY_LIMIT)" },
	{ "retry-delay", "SECONDS", false, "before the second look: 2 (RETRY_DELAY)" },
	{ "retry-backoff-exponent", "X", false, "each pause is so many times the last, 60 s at most: 2 (RETRY_BACKOFF_EXPONENT)" },
	PRIO_OPT_STORES, PRIO_OPT_ACCESS("internal", "INTERNAL", "of this server"),
	PRIO_OPT_ACCESS("external", "EXTERNAL", "of the other one"), { .name = NULL },
};

/* What the call is made of, to be given back. */
struct task {
	struct prio_run r;
	struct prio_rules rules;
	struct secret private_key, shared, seed;
	uint8_t	peer_key[ED25519_KEY];
	struct prio_store *ingest, *private, *shared_store, *peer;
	struct buf state;
	struct json_object *config;
	struct prio_batch *batches;
	char	**runs;			/* names that were made */
	struct prio_report *reports;
	char	date[11], state_id[PRIO_STATE_ID];
	const struct cli *cli;
};

static void
task_release(struct task *t)
{
	secret_release(&t->private_key);
	secret_release(&t->shared);
	secret_release(&t->seed);
	prio_store_close(&t->ingest);
	prio_store_close(&t->private);
	prio_store_close(&t->shared_store);
	prio_store_close(&t->peer);
	buf_release(&t->state);
	json_put(&t->config);
	for (size_t i = 0; t->runs != NULL && i < t->r.n_batches; i++)
		free(t->runs[i]);
	free(t->runs);
	free(t->batches);
	free(t->reports);
}

/* ---- batches ------------------------------------------------------------ */

static void
room_for(struct task *t, size_t n)
{
	t->batches = calloc(n, sizeof(*t->batches));
	t->runs = calloc(n, sizeof(*t->runs));
	t->reports = calloc(n, sizeof(*t->reports));
	if (t->batches == NULL || t->runs == NULL || t->reports == NULL)
		abort();
	t->r.batches = t->batches;
	t->r.n_batches = n;
}

/* name_run: as given, or <batch id>/<date>. */
static void
name_run(struct task *t, size_t i, const char *given)
{
	if (asprintf(&t->runs[i], "%s%s%s", given != NULL ? given : t->batches[i].id, given != NULL ? "" : "/",
	    given != NULL ? "" : t->date) == -1)
		abort();
	t->batches[i].run = t->runs[i];
}

static int
one_batch(struct task *t, const struct args *a, struct err *e)
{
	struct prio_batch *b;
	int64_t bits = 1;
	const char *text;

	room_for(t, 1);
	b = &t->batches[0];
	if (prio_need(a, "batch-id", &b->id, e) == -1 || prio_need(a, "n-data", &text, e) == -1 ||
	    prio_number(a, "n-data", 1, PRIO1_DATA_MAX, &b->n_data, e) == -1 ||
	    prio_number(a, "bits", 1, PRIO1_BITS_MAX, &bits, e) == -1)
		return -1;
	b->bits = (unsigned)bits;
	b->family = prio_opt(a, "family");
	name_run(t, 0, prio_opt(a, "run"));
	return 0;
}

static int
batches_of(struct task *t, const struct args *a, const char *path, struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(CONFIG_MAX);
	size_t n;

	if (file_read(&text, path, CONFIG_MAX, e) == -1 ||
	    json_parse(&t->config, text.data != NULL ? text.data : "", text.len, e) == -1)
		return err_wrap(e, "%s", path);
	n = json_object_is_type(t->config, json_type_array) ? json_object_array_length(t->config) : 0;
	if (n < 1 || n > BATCHES_MAX)
		return err_set(e, ERR_CONFIG, "%s: a list of 1 to %d batches is expected", path, BATCHES_MAX);
	if (prio_opt(a, "run") != NULL && n > 1)
		return err_set(e, ERR_CONFIG, "--run names one run; %s has %zu batches", path, n);
	room_for(t, n);
	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_array_get_idx(t->config, i);
		int64_t bits = 1;

		if (!json_object_is_type(o, json_type_object) ||
		    json_get_str(o, "batch_id", 1, PRIO_BATCH_MAX, &t->batches[i].id, e) == -1 ||
		    json_get_i64(o, "n_data", 1, PRIO1_DATA_MAX, &t->batches[i].n_data, e) == -1 ||
		    json_opt_i64(o, "bits", 1, PRIO1_BITS_MAX, &bits, e) == -1)
			return err_set(e, ERR_CONFIG, "%s: batch %zu: batch_id and n_data are expected", path, i);
		t->batches[i].bits = (unsigned)bits;
		t->batches[i].family = prio_opt(a, "family");
		name_run(t, i, prio_opt(a, "run"));
	}
	return 0;
}

/* ---- stores ------------------------------------------------------------- */

static int
open_flat(struct task *t, const struct args *a, struct err *e)
{
	if (prio_open_store(a, "internal", "bucket-internal", &t->private, e) == -1 ||
	    prio_open_store(a, "external", "bucket-external", &t->peer, e) == -1)
		return -1;
	t->r.ingest = t->r.private = t->r.shared = t->private;
	t->r.peer = t->peer;
	return 0;
}

static int
open_dated(struct task *t, const struct args *a, struct err *e)
{
	struct prio_tree *tree = &t->r.tree;
	const char *prefix = prio_opt(a, "bucket-prefix"), *app;

	if (prio_need(a, "app-name", &app, e) == -1)
		return -1;
	tree->dated = true;
	snprintf(tree->app, sizeof(tree->app), "%s", app);
	snprintf(tree->prefix, sizeof(tree->prefix), "%s", prefix != NULL ? prefix : "data/v1");
	memcpy(tree->date, t->date, sizeof(tree->date));
	if (prio_public_text(a, "public-key-hex-internal", tree->public_internal, e) == -1 ||
	    prio_public_text(a, "public-key-hex-external", tree->public_external, e) == -1 ||
	    prio_open_store(a, "internal", "bucket-internal-ingest", &t->ingest, e) == -1 ||
	    prio_open_store(a, "internal", "bucket-internal-private", &t->private, e) == -1 ||
	    prio_open_store(a, "internal", "bucket-internal-shared", &t->shared_store, e) == -1 ||
	    prio_open_store(a, "external", "bucket-external-shared", &t->peer, e) == -1)
		return -1;
	t->r.ingest = t->ingest;
	t->r.private = t->private;
	t->r.shared = t->shared_store;
	t->r.peer = t->peer;
	return 0;
}

/* ---- rules -------------------------------------------------------------- */

static int
read_noise(const struct args *a, const char *name, struct gauss *out, struct err *e)
{
	const char *text = prio_opt(a, name);

	if (text == NULL || gauss_parse(out, text, e) == 0)
		return 0;
	e->code = ERR_CONFIG;
	return err_wrap(e, "--%s", name);
}

/* seconds: "2" or "0.25". */
static int
seconds(const struct args *a, const char *name, double min, double max, double *out, struct err *e)
{
	const char *text = prio_opt(a, name);
	char *rest;
	double v;

	if (text == NULL)
		return 0;
	v = strtod(text, &rest);
	if (*rest != '\0' || !(v >= min && v <= max))
		return err_set(e, ERR_CONFIG, "--%s: a number from %g to %g is expected", name, min, max);
	*out = v;
	return 0;
}

static int
read_wait(struct task *t, const struct args *a, struct err *e)
{
	static const struct conf_row row = { .name = "--peer-deadline", .type = CONF_MS, .min = 1000, .max = INT64_C(90) * 86400000 };
	const char *deadline = prio_opt(a, "peer-deadline");
	struct prio_wait *w = &t->r.wait;
	double delay = 2;

	*w = (struct prio_wait){ .deadline_ms = DEADLINE_MS, .exponent = 2 };
	if (seconds(a, "retry-delay", 0.01, DELAY_S_MAX, &delay, e) == -1 ||
	    seconds(a, "retry-backoff-exponent", 1, 10, &w->exponent, e) == -1 ||
	    prio_number(a, "retry-limit", 1, 1000000, &w->retries, e) == -1 ||
	    (deadline != NULL && conf_value(&row, deadline, &w->deadline_ms, e) == -1))
		return -1;
	w->first_ms = (int64_t)(delay * 1000);
	if (args_flag(a, "once"))
		w->deadline_ms = 0;
	return 0;
}

/* read_switches: those that only runs have; libprio's when it is to be as libprio. */
static int
read_switches(struct task *t, const struct args *a, struct err *e)
{
	static const char *const sets[] = { "off", "require" }, *const replays[] = { "allow", "refuse" }, *const markers[] = { "any", "date" };
	bool libprio = t->rules.compat;
	int ready = libprio ? PRIO_READY_SUCCESS : PRIO_READY_MANIFEST, set = !libprio, replay = !libprio, marker = !libprio;
	int64_t part_mb = 2000;
	struct prio_run *r = &t->r;

	r->min_batch_size = libprio ? 1 : 1000;
	r->retain_days = 400;
	if (prio_word(a, "ready", prio_ready_name, PRIO_READY_MAX, &ready, e) == -1 ||
	    prio_word(a, "set-agreement", sets, 2, &set, e) == -1 || prio_word(a, "replay", replays, 2, &replay, e) == -1 ||
	    prio_word(a, "raw-marker", markers, 2, &marker, e) == -1 ||
	    prio_number(a, "min-batch-size", 1, INT64_MAX, &r->min_batch_size, e) == -1 ||
	    prio_number(a, "retain-days", 1, 36500, &r->retain_days, e) == -1 ||
	    prio_number(a, "part-max-mb", 1, 1000000, &part_mb, e) == -1 || read_noise(a, "noise", &r->noise, e) == -1 ||
	    read_noise(a, "peer-noise", &r->peer_noise, e) == -1)
		return -1;
	r->ready = (enum prio_ready)ready;
	if (marker == 1 && t->date[0] == '\0' && prio_opt(a, "app-name") == NULL && prio_opt(a, "data-config") == NULL)
		return err_set(e, ERR_CONFIG, "--submission-date (or SUBMISSION_DATE) is missing: the marker of raw/ is of a day");
	r->raw_date = marker == 1 ? t->date : NULL;
	if (replay == 1 && t->date[0] == '\0')
		return err_set(e, ERR_CONFIG, "--submission-date (or SUBMISSION_DATE) is missing: without the age of answers "
		    "nobody knows whether their ids are still kept; or --replay allow");
	r->set_agreement = set == 1;
	r->replay_refused = replay == 1;
	r->max_part_bytes = part_mb * 1000000;
	r->per_run = t->rules.per_run;
	r->counts = !libprio;
	return 0;
}

/* ---- keys --------------------------------------------------------------- */

static int
read_sign_key(struct task *t, const char *path, struct err *e)
{
	CLEANUP(key_release) struct key k = KEY_INIT;

	if (key_load(&k, path, e) == -1)
		return -1;
	if (k.priv.alg != PUBKEY_ED25519)
		return err_set(e, ERR_CONFIG, "--sign-key-file: %s is no Ed25519 key", path);
	if (secret_alloc(&t->seed, ED25519_SEED, e) == -1)
		return -1;
	memcpy(t->seed.p, k.priv.secret.p, ED25519_SEED);
	t->r.sign_seed = &t->seed;
	return 0;
}

static int
read_peer_key(struct task *t, const char *text, struct err *e)
{
	CLEANUP(pubkey_release) struct pubkey k = PUBKEY_INIT;
	CLEANUP(buf_release) struct buf file = BUF_INIT_MAX(PUBKEY_TEXT_MAX);

	if (strchr(text, '/') != NULL && file_read(&file, text, PUBKEY_TEXT_MAX, e) == -1)
		return -1;
	if (pubkey_parse(&k, file.data != NULL ? file.data : text, e) == -1 || k.alg != PUBKEY_ED25519)
		return err_set(e, ERR_CONFIG, "--peer-sign-key: an Ed25519 key is expected: peer id, 64 hex digits, or a PEM file's path");
	memcpy(t->peer_key, k.point, ED25519_KEY);
	t->r.peer_key = t->peer_key;
	return 0;
}

static int
read_keys(struct task *t, const struct args *a, struct err *e)
{
	const char *sign = prio_opt(a, "sign-key-file"), *peer = prio_opt(a, "peer-sign-key");

	if (prio_private_key(a, &t->private_key, e) == -1 || prio_shared_secret(a, &t->shared, e) == -1 ||
	    (sign != NULL && read_sign_key(t, sign, e) == -1) || (peer != NULL && read_peer_key(t, peer, e) == -1))
		return -1;
	t->r.server.private_key = &t->private_key;
	t->r.server.secret = &t->shared;
	return 0;
}

/* ---- the command -------------------------------------------------------- */

static void
note(void *arg, const char *batch_id, const char *text)
{
	const struct task *t = arg;

	if (t->cli->quiet)
		return;
	clean_print(stderr, batch_id);
	fputs(": ", stderr);
	clean_print(stderr, text);
	fputc('\n', stderr);
}

/* read_state: the folder, which is the one that the run was begun in. */
static int
read_state(struct task *t, const struct args *a, struct err *e)
{
	const char *want = prio_opt(a, "state-id");

	if (prio_state_dir(a, &t->state, e) == -1 || prio_state_id(t->state.data, t->state_id, e) == -1)
		return -1;
	if (want != NULL && strcmp(want, t->state_id) != 0)
		return err_set(e, ERR_BACKPRESSURE, "this run was begun in the state folder %.32s, and %s is another", want, t->state.data);
	t->r.state_dir = t->state.data;
	return 0;
}

/* read_day: what names the run: its date, or in a flat tree --run alone. */
static int
read_day(struct task *t, const struct args *a, struct err *e)
{
	if (prio_opt(a, "submission-date") != NULL || prio_opt(a, "run") == NULL) {
		if (prio_date(a, t->date, e) == -1)
			return err_wrap(e, "what names a run");
		return prio_day_of(t->date, &t->r.submitted_day);
	}
	t->r.submitted_day = prio_day(clock_wall_us());
	return 0;
}

static int
read_task(struct task *t, const struct args *a, struct err *e)
{
	const char *config = prio_opt(a, "data-config");

	if (read_day(t, a, e) == -1 || prio_rules_switches(&t->rules, a, true, e) == -1 ||
	    prio_side(a, &t->r.server.side, e) == -1 || read_switches(t, a, e) == -1 || read_wait(t, a, e) == -1 ||
	    (config != NULL ? batches_of(t, a, config, e) : one_batch(t, a, e)) == -1 ||
	    (config != NULL || prio_opt(a, "app-name") != NULL ? open_dated(t, a, e) : open_flat(t, a, e)) == -1 ||
	    read_keys(t, a, e) == -1 || read_state(t, a, e) == -1)
		return -1;
	t->r.server.point = t->rules.point;
	t->r.server.prg = t->rules.prg;
	t->r.server.style = t->rules.style;
	t->r.work_dir = prio_work_dir(a);
	t->r.note = note;
	t->r.note_arg = t;
	return 0;
}

static struct json_object *
report(const struct prio_batch *b, const struct prio_report *p)
{
	struct json_object *o = json_object_new_object();

	json_add_str(o, "batch_id", b->id);
	json_add_str(o, "run", b->run);
	json_add_str(o, "state", prio_run_state_name[p->state]);
	json_add_str(o, "stage", prio_stage_name[p->stage]);
	if (p->state == PRIO_RUN_WAITING)
		json_add_str(o, "waits_for", p->waits_for);
	if (p->state == PRIO_RUN_PUBLISHED) {
		json_add_str(o, "result", p->result);
		json_add_bool(o, "already", p->already);
	}
	if (p->state == PRIO_RUN_FAILED)
		json_add_str(o, "error", p->e.msg);
	json_add_i64(o, "total", p->tally.total);
	for (int i = 0; i < PRIO_OUTCOME_MAX; i++)
		json_add_i64(o, prio_outcome_name[i], p->tally.outcome[i]);
	return o;
}

/* ended: the worst of all batches says how. */
static int
ended(const struct task *t)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	int rc = EXIT_DONE;

	for (size_t i = 0; i < t->r.n_batches; i++) {
		struct prio_report *p = &t->reports[i];
		int one = p->state == PRIO_RUN_WAITING ? EXIT_AGAIN : p->state == PRIO_RUN_FAILED ? prio_exit_code(&p->e) : EXIT_DONE;

		json_object_array_add(list, report(&t->batches[i], p));
		if (p->state == PRIO_RUN_FAILED)
			note((void *)(uintptr_t)t, t->batches[i].id, p->e.msg);
		if (p->state == PRIO_RUN_WAITING)
			note((void *)(uintptr_t)t, t->batches[i].id, p->waits_for);
		rc = one > rc ? one : rc;
	}
	if (t->date[0] != '\0')
		json_add_str(o, "submission_date", t->date);
	json_add_str(o, "state_id", t->state_id);
	json_add(o, "batches", list);
	cli_json(o);
	return rc;
}

int
c_prio_run(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(task_release) struct task t = { .state = BUF_INIT_MAX(4096), .cli = c };
	struct rlimit files;

	prio_env_hide();
	/* all aggregates of a batch are open at once */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	if (read_task(&t, a, e) == -1 || prio_run(&t.r, t.reports, e) == -1)
		return prio_exit(-1, e);
	return ended(&t);
}
