/*
 * What the stages of prio1 stand on: lines of a file, joins by id, and what verify1 asks
 * about ids that other files had.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/base/buf.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/prio1/idtable.h"
#include "../../lib/prio1/line.h"
#include "../../lib/prio1/stage.h"
#include "../tap.h"

static int
file_of(const void *p, size_t n)
{
	int fd = memfd_create("t", MFD_CLOEXEC);

	if (fd == -1 || (n > 0 && write(fd, p, n) != (ssize_t)n) || lseek(fd, 0, SEEK_SET) == -1)
		exit(111);
	return fd;
}

static void
test_lines(void)
{
	static const char text[] = "one\n\n  \r\ntwo \r\nlonger than ten bytes\nthree";
	static const char *const want[] = { "one", "two", NULL, "three" };
	CLEANUP(prio_lines_release) struct prio_lines l = PRIO_LINES_INIT;
	CLEANUP(cleanup_close) int fd = file_of(text, sizeof(text) - 1);
	const char *line;
	size_t n, i = 0;

	prio_lines_make(&l, fd, 10);
	for (; prio_lines_next(&l, &line, &n, NULL) == 1; i++)
		ok(i < 4 && (line == NULL ? want[i] == NULL : want[i] != NULL && strlen(want[i]) == n && memcmp(line, want[i], n) == 0),
		    "line %zu", i);
	is_int((int64_t)i, 4, "and no other");
	is_int(prio_lines_next(&l, &line, &n, NULL), 0, "nor later");
}

/* Lines of every length around that of a read, with and without an end. */
static void
test_long_lines(void)
{
	const size_t max = 700000;
	CLEANUP(cleanup_free) char *text = malloc(3 * max);
	bool whole = true;

	for (size_t len = max - 2; len <= max + 2; len++) {
		CLEANUP(prio_lines_release) struct prio_lines l = PRIO_LINES_INIT;
		const char *line = "";
		size_t n, total = 2 * len + 1;
		int fd;

		memset(text, 'x', total);
		text[len] = '\n';
		fd = file_of(text, total);
		prio_lines_make(&l, fd, max);
		for (int i = 0; i < 2; i++)
			whole = whole && prio_lines_next(&l, &line, &n, NULL) == 1 && (line != NULL) == (len <= max) &&
			    (line == NULL || n == len);
		whole = whole && prio_lines_next(&l, &line, &n, NULL) == 0;
		close(fd);
	}
	ok(whole, "lines as long as they may be come whole, longer ones are passed by");
}

static void
digest(uint8_t id[SHA256_LEN], uint32_t i)
{
	memset(id, 0, SHA256_LEN);
	id[0] = (uint8_t)(i % 3);	/* many begin at one slot */
	memcpy(id + 8, &i, sizeof(i));
}

static void
test_ids(void)
{
	CLEANUP(prio_ids_release) struct prio_ids t = PRIO_IDS_INIT(4), full = PRIO_IDS_INIT(0);
	uint8_t id[SHA256_LEN], *value;
	struct err e = ERR_INIT;
	bool good = true;

	for (uint32_t i = 0; i < 5000; i++) {
		digest(id, i);
		good = good && prio_ids_put(&t, id, &value, NULL) == 1 && value[0] == 0;
		memcpy(value, &i, sizeof(i));
	}
	for (uint32_t i = 0; i < 5000; i++) {
		digest(id, i);
		value = prio_ids_find(&t, id);
		good = good && value != NULL && memcmp(value, &i, sizeof(i)) == 0;
		good = good && prio_ids_put(&t, id, &value, NULL) == 0 && memcmp(value, &i, sizeof(i)) == 0;
	}
	digest(id, 5000);
	ok(good && prio_ids_find(&t, id) == NULL, "each id has its value, however crowded the table");
	for (uint32_t i = 0; i < PRIO_RECORDS_MAX; i++) {
		sha256(id, &i, sizeof(i));
		good = good && prio_ids_put(&full, id, &value, NULL) == 1;
	}
	ok(good, "as many as a file may have");
	digest(id, 1);
	is_int(prio_ids_put(&full, id, &value, &e), -1, "and one more is refused");
	is_int(e.code, ERR_LIMIT, "as a limit");
}

/* ---- verify1 asks ----------------------------------------------------------------- */
struct asked {
	int	n, say;		/* how often; what the second one hears */
};

static int
seen(void *arg, const uint8_t id[SHA256_LEN], struct err *e)
{
	struct asked *a = arg;

	(void)id;
	if (++a->n != 2)
		return 0;
	return a->say == -1 ? err_set(e, ERR_SYS, "the ledger is away") : a->say;
}

static void
test_seen(void)
{
	static const char answers[] = "{\"payload\":[1,0,1]}\n{\"payload\":[1,1,1]}\n{\"payload\":[0,0,1]}\n";
	struct prio_encode_opts enc = { .n_data = 3, .bits = 1, .batch_id = "t" };
	CLEANUP(secret_release) struct secret key = SECRET_INIT, other = SECRET_INIT, shared = SECRET_INIT;
	CLEANUP(cleanup_close) int in = file_of(answers, sizeof(answers) - 1), a = file_of(NULL, 0), b = file_of(NULL, 0);
	const int out[2] = { a, b };
	int64_t count = 0;

	x25519_make(&key, enc.public[0], NULL);
	x25519_make(&other, enc.public[1], NULL);
	secret_alloc(&shared, PRIO1_SEED, NULL);
	is_int(prio_encode_shares(&enc, in, out, &count, NULL), 0, "encodes");
	is_int(count, 3, "three answers");
	for (int say = -1; say <= 1; say++) {
		struct asked asked = { .say = say };
		const struct prio_server_opts o = { .n_data = 3, .batch_id = "t", .side = PRIO1_A, .private_key = &key, .secret = &shared,
			.run = "r", .seen = seen, .seen_arg = &asked };
		CLEANUP(prio_server_close) struct prio_server *s = NULL;
		CLEANUP(cleanup_close) int packets = file_of(NULL, 0);
		struct prio_tally t = PRIO_TALLY_INIT;
		struct err e = ERR_INIT;

		prio_server_open(&s, &o, NULL);
		lseek(a, 0, SEEK_SET);
		is_int(prio_verify1(s, a, packets, -1, &t, &e), say == -1 ? -1 : 0, "verify1, the ledger says %d of the second", say);
		is_int(asked.n, say == -1 ? 2 : 3, "asked once a record");
		is_int(t.outcome[PRIO_DUPLICATE_ID], say == 1, "a duplicate where it came before");
		is_int(t.accepted.count, say == -1 ? 0 : 3 - say, "and the others come out");
	}
}

int
main(void)
{
	test_lines();
	test_long_lines();
	test_ids();
	test_seen();
	return done_testing();
}
