/*
 * Files of a run's folder and of a ledger's as another life, another version or a bad
 * disk left them: what became of a part, what a run's name stands for, claims, the id of
 * a state folder, the marker of raw/.  The first byte chooses.  What is taken is bounded,
 * and is written again as what reads the same.
 * Reaches: lib/prio1/progress.c lib/prio1/ledger.c lib/prio1/ledger_file.c lib/prio1/ledger_tidy.c lib/prio1/state_id.c lib/prio1/marker.c
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/prio1/ledger.h"
#include "../../lib/prio1/ledger_file.h"
#include "../../lib/prio1/marker.h"
#include "../../lib/prio1/progress.h"
#include "../../lib/prio1/state_id.h"
#include "tree.h"

#define TODAY	20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* put: a file below the folder of all targets. */
static void
put(int dir, const char *name, const uint8_t *p, size_t n)
{
	CLEANUP(cleanup_close) int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, p, n) != (ssize_t)n)
		abort();
}

/* done: what was made of a part; the counts of many parts can be added. */
static void
done(int dir, const uint8_t *p, size_t n)
{
	CLEANUP(prio_progress_close) struct prio_progress *run = NULL;
	struct prio_tally sum = PRIO_TALLY_INIT;
	struct prio_done d, again;
	struct err e = ERR_INIT;

	(void)dir;
	if (prio_progress_open(&run, tree_make(), "a run", &e) == -1 ||
	    prio_progress_save(run, "done.verify1.00000", p, n, &e) == -1)
		abort();
	if (prio_done_load(run, PRIO_VERIFY1, 0, &d, &e) != 1)
		return;
	for (int i = 0; i < PRIO_FILES_MAX; i += PRIO_FILES_MAX / 4)
		prio_tally_merge(&sum, &d.tally);
	if (sum.total < d.tally.total || prio_done_save(run, PRIO_VERIFY1, 1, &d, &e) == -1 ||
	    prio_done_load(run, PRIO_VERIFY1, 1, &again, &e) != 1)
		abort();
	if (strcmp(d.out.name, again.out.name) != 0 || strcmp(d.out.sha256, again.out.sha256) != 0 || d.out.bytes != again.out.bytes ||
	    strcmp(d.in_sha256, again.in_sha256) != 0 || memcmp(&d.tally, &again.tally, sizeof(d.tally)) != 0)
		abort();
}

/* bound: what a run is of, which nothing but the same may be. */
static void
bound(int dir, const uint8_t *p, size_t n)
{
	CLEANUP(prio_progress_close) struct prio_progress *run = NULL;
	CLEANUP(json_put) struct json_object *what = json_object_new_object();
	struct err e = ERR_INIT;

	(void)dir;
	json_add_str(what, "run", "a run");
	json_add_i64(what, "n_data", 3);
	if (prio_progress_open(&run, tree_make(), "a run", &e) == -1 || prio_progress_save(run, "run", p, n, &e) == -1)
		abort();
	if (prio_progress_bind(run, what, &e) == 0 && prio_progress_bind(run, what, &e) == -1)
		abort();
}

/* claims: a file by a name of the ledger's, with claims of today or of days that are merged. */
static void
claims(int dir, const uint8_t *p, size_t n)
{
	static const char *const names[] = { "020000.aa.000000.0000.seen", "020000.bb.000003.0001.seen", "019999.many", "019000.many",
		"019999.aa.000001.0000.seen", "020000.many", "020000.bb.000003.0001.seen.tmp", "019999.bb.000000.0000.seen" };
	CLEANUP(prio_ledger_close) struct prio_ledger *l = NULL;
	uint8_t id[SHA256_LEN] = { 0 };
	char path[64];
	struct err e = ERR_INIT;
	size_t half = n / 2;

	if (n == 0)
		return;
	if (mkdirat(dir, "seen", 0700) == -1)
		abort();
	snprintf(path, sizeof(path), "seen/%s", names[p[0] % 8]);
	put(dir, path, p + 1, n - 1 - half);
	snprintf(path, sizeof(path), "seen/%s", names[p[0] / 8 % 8]);
	put(dir, path, p + n - half, half);
	memcpy(id, p + 1, n - 1 < sizeof(id) ? n - 1 : sizeof(id));
	snprintf(path, sizeof(path), "%s/seen", tree_make());
	if (prio_ledger_open(&l, path, "aa", TODAY, 400, p[0] < 128, &e) == -1)
		return;
	if (prio_ledger_part(l, 2, &e) == -1 || prio_ledger_claim(l, id, &e) == -1 || prio_ledger_claim(l, id, &e) != 0 ||
	    prio_ledger_end(l, true, &e) == -1)
		abort();
}

/* name: a name that is one of ours is the one that would be written. */
static void
name(int dir, const uint8_t *p, size_t n)
{
	struct prio_seen_name is;
	char text[PRIO_SEEN_NAME + 16] = "", again[PRIO_SEEN_NAME + 16];

	(void)dir;
	memcpy(text, p, n < sizeof(text) ? n : sizeof(text) - 1);
	if (!prio_seen_parse(&is, text))
		return;
	if (is.many)
		snprintf(again, sizeof(again), PRIO_MANY_FORM, is.day);
	else
		snprintf(again, sizeof(again), PRIO_SEEN_FORM, is.day, is.owner, is.part, is.piece);
	if (strcmp(text, again) != 0 || strlen(text) >= PRIO_SEEN_NAME || is.day < 0 || is.part > 999999)
		abort();
}

static void
state_id(int dir, const uint8_t *p, size_t n)
{
	char id[PRIO_STATE_ID];
	struct err e = ERR_INIT;

	put(dir, "id", p, n);
	if (prio_state_id(tree_make(), id, &e) == 0 && (n < PRIO_STATE_ID - 1 || memcmp(id, p, PRIO_STATE_ID - 1) != 0))
		abort();
}

static void
marker(int dir, const uint8_t *p, size_t n)
{
	CLEANUP(prio_store_close) struct prio_store *s = NULL;
	const struct prio_access access = { .work_dir = tree_make() };
	char said[PRIO_RAW_SAYS];
	struct err e = ERR_INIT;

	put(dir, "_SUCCESS", p, n);
	if (prio_store_open(&s, tree_make(), &access, &e) == -1 || prio_raw_said(s, "_SUCCESS", said, &e) != 1)
		abort();
	if (prio_raw_of(said, "2024-05-31") && (n >= PRIO_RAW_SAYS || memcmp(p, "2024-05-31 ", 11) != 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const what[])(int dir, const uint8_t *p, size_t n) = { done, bound, claims, name, state_id, marker };
	static int dir = -1;

	if (dir == -1)
		dir = tree_open();
	if (size == 0)
		return 0;
	what[data[0] % (sizeof(what) / sizeof(*what))](dir, data + 1, size - 1);
	tree_clear();
	return 0;
}
