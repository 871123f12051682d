/*
 * Pings of clients become parts for two servers.  No key of a server is needed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "../lib/prio1/partition.h"
#include "../lib/prio1/preprocess.h"
#include "commands.h"
#include "file.h"
#include "prio_opts.h"
#include "prio_pings.h"
#include "prio_store.h"

#define PART_MB_MAX	100000
#define RETAIN_DAYS	400
#define CONFIG_MAX	(8u << 20)	/* bytes of DATA_CONFIG */

const struct opt prio_preprocess_opts[] = {
	{ "pings", "FOLDER", false, "in place of FILE: the files of FOLDER/<date> (PINGS)" },
	{ "bucket", "STORE", false, "where the parts of each day go (BUCKET)" },
	{ "batch", "ID", true, "these batches only; one (BATCH)" },
	{ "data-config", "FILE", false, "JSON list of {batch_id}: these batches only (DATA_CONFIG)" },
	{ "part-mb", "N", false, "size of a part of server A: 250 (PART_MB)" },
	{ "deliver-a", "STORE", false, "server A's bucket of answers (DELIVER_A)" },
	{ "deliver-b", "STORE", false, "server B's (DELIVER_B)" },
	{ "public-key-hex-a", "HEX", false, "server A's, for a dated tree (PUBLIC_KEY_HEX_A)" },
	{ "public-key-hex-b", "HEX", false, "server B's (PUBLIC_KEY_HEX_B)" },
	{ "replay", "WORD", false, "refuse or allow ids of other days (REPLAY)" },
	{ "retain-days", "N", false, "how long ids are known: 400 (RETAIN_DAYS)" },
	PRIO_OPT_TREE, PRIO_OPT_STORES,
	PRIO_OPT_ACCESS("internal", "INTERNAL", "of --bucket"), PRIO_OPT_ACCESS("a", "A", "of server A"),
	PRIO_OPT_ACCESS("b", "B", "of server B"), { .name = NULL },
};

/* What the call is made of, to be given back. */
struct task {
	struct prio_preprocess o;
	struct prio_store *bucket, *server[2];
	struct buf state;
	char	date[11];
	const char **batches;		/* borrowed from the arguments, or from config */
	struct json_object *config;
	int	*inputs;
	size_t	opened;
};

static void
task_release(struct task *t)
{
	prio_store_close(&t->bucket);
	prio_store_close(&t->server[0]);
	prio_store_close(&t->server[1]);
	buf_release(&t->state);
	free(t->batches);
	json_put(&t->config);
	free(t->inputs);
}

static int
read_tree(struct task *t, const struct args *a, int side, struct err *e)
{
	static const char *const names[] = { "public-key-hex-a", "public-key-hex-b" };
	const char *app = prio_opt(a, "app-name"), *prefix = prio_opt(a, "bucket-prefix");
	struct prio_tree *tree = &t->o.server[side].tree;

	if (app == NULL)
		return 0;
	tree->dated = true;
	snprintf(tree->app, sizeof(tree->app), "%s", app);
	snprintf(tree->prefix, sizeof(tree->prefix), "%s", prefix != NULL ? prefix : "data/v1");
	memcpy(tree->date, t->date, sizeof(tree->date));
	if (prio_public_text(a, names[side], tree->public_internal, e) == -1 || prio_public_text(a, names[1 - side], tree->public_external, e) == -1)
		return -1;
	return prio_tree_ok(tree, e);
}

static int
open_servers(struct task *t, const struct args *a, struct err *e)
{
	static const char *const names[] = { "deliver-a", "deliver-b" }, *const sides[] = { "a", "b" };

	for (int side = 0; side < 2; side++) {
		if (prio_opt(a, names[side]) == NULL)
			continue;
		if (prio_open_store(a, sides[side], names[side], &t->server[side], e) == -1 || read_tree(t, a, side, e) == -1)
			return -1;
		t->o.server[side].ingest = t->server[side];
	}
	if ((t->server[0] == NULL) != (t->server[1] == NULL))
		return err_set(e, ERR_CONFIG, "--deliver-a and --deliver-b go together");
	return 0;
}

static int
open_files(struct task *t, const struct args *a, struct err *e)
{
	t->inputs = calloc(a->n_pos, sizeof(*t->inputs));
	if (t->inputs == NULL)
		abort();
	for (; t->opened < a->n_pos; t->opened++) {
		const char *path = a->pos[t->opened];
		int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);

		if (fd == -1) {
			err_sys(e, "%s", path);
			e->code = ERR_CONFIG;
			while (t->opened > 0)
				close(t->inputs[--t->opened]);
			return -1;
		}
		t->inputs[t->opened] = fd;
	}
	return 0;
}

static int
open_inputs(struct task *t, const struct args *a, struct err *e)
{
	const char *folder = prio_opt(a, "pings");

	if ((folder != NULL) == (a->n_pos > 0))
		return err_set(e, ERR_CONFIG, "either FILE... or --pings is expected");
	if ((folder != NULL ? prio_pings_open(&t->inputs, &t->opened, folder, t->date, e) : open_files(t, a, e)) == -1)
		return -1;
	t->o.inputs = t->inputs;
	t->o.n_inputs = t->opened;
	return 0;
}

/* The names in a list of {batch_id, ..}, as `prio run` has it. */
static int
configured_batches(struct task *t, const char *path, struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(CONFIG_MAX);
	size_t n;

	if (file_read(&text, path, CONFIG_MAX, e) == -1 ||
	    json_parse(&t->config, text.data != NULL ? text.data : "", text.len, e) == -1)
		return err_wrap(e, "%s", path);
	n = json_object_is_type(t->config, json_type_array) ? json_object_array_length(t->config) : 0;
	if (n < 1 || n > PRIO_PARTITION_BATCHES)
		return err_set(e, ERR_CONFIG, "%s: a list of 1 to %d batches is expected", path, PRIO_PARTITION_BATCHES);
	t->batches = calloc(n, sizeof(*t->batches));
	if (t->batches == NULL)
		abort();
	for (; t->o.n_batches < n; t->o.n_batches++) {
		struct json_object *o = json_object_array_get_idx(t->config, t->o.n_batches);

		if (!json_object_is_type(o, json_type_object) ||
		    json_get_str(o, "batch_id", 1, PRIO_BATCH_MAX, &t->batches[t->o.n_batches], e) == -1)
			return err_set(e, ERR_CONFIG, "%s: batch %zu: batch_id is expected", path, t->o.n_batches);
	}
	t->o.batches = t->batches;
	return 0;
}

static int
read_batches(struct task *t, const struct args *a, struct err *e)
{
	const char *config = prio_opt(a, "data-config"), *id = prio_opt(a, "batch");

	if (config != NULL && id != NULL)
		return err_set(e, ERR_CONFIG, "either --batch or --data-config is expected");
	if (config != NULL)
		return configured_batches(t, config, e);
	t->batches = calloc(ARGS_MAX, sizeof(*t->batches));
	if (t->batches == NULL)
		abort();
	if (id != NULL && args_str(a, "batch") == NULL)
		t->batches[t->o.n_batches++] = id;		/* of the environment: one */
	for (size_t i = 0; (id = args_next(a, "batch", &i)) != NULL; t->o.n_batches++)
		t->batches[t->o.n_batches] = id;
	t->o.batches = t->o.n_batches > 0 ? t->batches : NULL;
	return 0;
}

static int
read_task(struct task *t, const struct args *a, struct err *e)
{
	static const char *const replays[] = { "allow", "refuse" };
	int64_t part_mb = 250;
	int replay = 1;

	t->o.retain_days = RETAIN_DAYS;
	if (prio_date(a, t->date, e) == -1 || prio_number(a, "part-mb", 1, PART_MB_MAX, &part_mb, e) == -1 ||
	    prio_number(a, "retain-days", 1, 36500, &t->o.retain_days, e) == -1 ||
	    prio_word(a, "replay", replays, 2, &replay, e) == -1 || prio_state_dir(a, &t->state, e) == -1 ||
	    prio_open_store(a, "internal", "bucket", &t->bucket, e) == -1 || open_servers(t, a, e) == -1)
		return -1;
	buf_adds(&t->state, "/pings");
	if (read_batches(t, a, e) == -1)
		return -1;
	t->o.date = t->date;
	t->o.bucket = t->bucket;
	t->o.state_dir = t->state.data;
	t->o.work_dir = prio_work_dir(a);
	t->o.part_bytes = part_mb * 1000000;
	t->o.replay_refused = replay == 1;
	return open_inputs(t, a, e);
}

static void
print(const struct prio_preprocessed *r, const char *date)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	const struct { const char *name; int64_t n; } counts[] = {
		{ "pings", r->pings }, { "records", r->records }, { "bad_ping", r->bad }, { "too_long", r->too_long },
		{ "known_id", r->known }, { "incomplete", r->incomplete }, { "unknown_batch", r->unknown_batch },
		{ "delivered", r->delivered },
	};

	json_add_str(o, "submission_date", date);
	json_add_bool(o, "already", r->already);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		json_add_i64(o, counts[i].name, counts[i].n);
	cli_json(o);
}

int
c_prio_preprocess(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(task_release) struct task t = { .state = BUF_INIT_MAX(4096) };
	struct prio_preprocessed r;
	struct rlimit files;

	(void)c;
	prio_env_hide();
	/* two files for each batch */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	if (read_task(&t, a, e) == -1 || prio_preprocess(&t.o, &r, e) == -1)
		return prio_exit(-1, e);
	print(&r, t.date);
	return EXIT_DONE;
}
