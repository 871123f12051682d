/* The ledger of used ids: what a second life and another owner are told; lines, compressed or not. */
#include "../../lib/prio1/ledger.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/folder.h"
#include "../../lib/prio1/filter.h"
#include "../../lib/prio1/text.h"
#include "../tap.h"

#define TODAY	20000
static char folder[] = "/tmp/t_prio_ledger.XXXXXX", path[64];

/* claim: how many of the ids from..to - 1 are fresh, in one part. */
static int
claim(const char *owner, unsigned part, int from, int to, int64_t today, bool others, bool last)
{
	CLEANUP(prio_ledger_close) struct prio_ledger *l = NULL;
	struct err e = ERR_INIT;
	int fresh = 0;

	if (prio_ledger_open(&l, path, owner, today, 30, others, &e) == -1 || prio_ledger_part(l, part, &e) == -1) {
		printf("# %s\n", e.msg);
		return -1;
	}
	for (int i = from; i < to; i++) {
		uint8_t d[SHA256_LEN];
		int rc;

		sha256(d, &i, sizeof(i));
		rc = prio_ledger_claim(l, d, &e);

		if (rc == -1)
			return -1;
		fresh += rc;
	}
	return prio_ledger_end(l, last, &e) == -1 ? -1 : fresh;
}

static void
test_claims(void)
{
	CLEANUP(prio_ledger_close) struct prio_ledger *l = NULL;
	struct err e = ERR_INIT;
	uint8_t used[SHA256_LEN], new[SHA256_LEN];
	int id = 5;

	is_int(claim("aa", 0, 0, 1000, TODAY, true, false), 1000, "a thousand fresh ids");
	is_int(claim("aa", 0, 0, 1000, TODAY, true, false), 1000, "the same part in its next life: the same");
	is_int(claim("aa", 1, 900, 1100, TODAY, true, false), 100, "the next part of the owner: what the first had is used");
	is_int(claim("aa", 0, 0, 1000, TODAY, true, false), 1000, "the first part is not disturbed by the second");
	is_int(claim("bb", 0, 0, 1200, TODAY, true, false), 100, "another owner: what aa had is used");
	is_int(claim("bb", 0, 0, 1200, TODAY, false, false), 1200, "unless nobody asks");
	is_int(claim("cc", 0, 0, 10, TODAY + 31, true, false), 10, "after the time that they are kept, they are gone");
	is_int(claim("aa", 0, 2000, 2001, TODAY + 31, true, true), 1, "a part alone");
	is_int(claim("dd", 0, 0, 2100, TODAY + 31, true, false), 2100 - 10 - 1, "the last part of an owner: later ones are none");
	ok(prio_ledger_open(&l, path, "ee", TODAY, 30, true, &e) == 0 && prio_ledger_part(l, 0, &e) == 0, "open");
	ok(claim("ee", 0, 0, 1, TODAY, true, false) == -1, "a second process is told to wait");
	sha256(used, &id, sizeof(id));
	ok(prio_ledger_claim(l, used, &e) == 0, "used");
	id = 9999;
	sha256(new, &id, sizeof(id));
	ok(prio_ledger_claim(l, new, &e) == 1 && prio_ledger_claim(l, new, &e) == 0, "once is enough");
	prio_ledger_close(&l);
	is_int(claim("ff", 0, 9999, 10000, TODAY, true, false), 1, "what was not ended is no claim");
	ok(prio_ledger_open(&l, path, "../x", TODAY, 30, true, &e) == -1 && l == NULL, "%s", e.msg);
}

/* test_many: more than memory holds. */
static void
test_many(void)
{
	is_int(claim("01", 0, 100000, 700000, TODAY, false, false), 600000, "600,000 ids");
	is_int(claim("01", 1, 100000, 700000, TODAY, false, false), 0, "are all known in the next part");
	is_int(claim("01", 0, 100000, 700000, TODAY, false, false), 600000, "and fresh in a second life");
	is_int(claim("01", 0, 100000, 100010, TODAY, false, true), 10, "a part with less");
	is_int(claim("01", 1, 100000, 700000, TODAY, false, false), 599990, "leaves nothing of what it was");
}

/* files: how many there are whose names end so. */
static int
files(const char *end)
{
	DIR *d = opendir(path);
	const struct dirent *ent;
	int n = 0;

	while (d != NULL && (ent = readdir(d)) != NULL)
		n += strlen(ent->d_name) > strlen(end) && strcmp(ent->d_name + strlen(ent->d_name) - strlen(end), end) == 0;
	if (d != NULL)
		closedir(d);
	return n;
}

/* same: a file of the ledger under another name, too. */
static void
same(const char *from, const char *to)
{
	CLEANUP(cleanup_close) int dir = open(path, O_RDONLY | O_DIRECTORY);

	ok(linkat(dir, from, dir, to, 0) == 0, "%s as %s", from, to);
}

/* test_merge: days that are over become one file each, 32 of them one; no answer changes. */
static void
test_merge(void)
{
	CLEANUP(prio_ledger_close) struct prio_ledger *l = NULL;
	struct err e = ERR_INIT;
	const int64_t day = 32 * 1000;

	snprintf(path, sizeof(path), "%s/merge", folder);
	for (unsigned part = 0; part < 5; part++)
		is_int(claim("a1", part, 100 * (int)part, 100 * (int)part + 150, day, true, part == 4), part == 0 ? 150 : 100, "part %u", part);
	is_int(claim("b1", 0, 500, 600, day, true, true), 50, "another owner on that day");
	is_int(files(".seen"), 6, "a file for each part");
	same("032000.a1.000002.0000.seen", "kept");
	is_int(claim("c1", 0, 0, 700, day + 1, true, true), 100, "the next day: what both had is used");
	ok(files(".many") == 1 && files(".seen") == 1, "and is one file");
	is_int(claim("c1", 0, 0, 700, day + 1, false, true), 700, "which nobody asks who does not ask others");
	is_int(claim("a1", 3, 0, 650, day + 1, false, false), 650 - 350, "a part that is claimed again sees the parts before it");
	is_int(claim("a1", 3, 300, 450, day + 2, false, false), 100, "also when its own claims of two days are merged");
	is_int(claim("a1", 0, 0, 150, day + 2, false, false), 150, "and the first part has what it had");
	same("kept", "032000.a1.000002.0000.seen");
	is_int(claim("d1", 0, 0, 701, day + 3, true, true), 1, "killed before an input went: its claims are claims once");
	ok(files(".many") == 3 && files(".seen") == 1, "and it goes");
	for (int i = 4; i < 70; i++)
		if (claim("e1", 0, 1000 + i, 1001 + i, day + i, false, true) != 1)
			ok(false, "day %d", i);
	ok(files(".many") + files(".seen") <= 2 + 6, "66 days later: %d files", files(".many") + files(".seen"));
	ok(prio_ledger_open(&l, path, "f1", day + 70, 400, true, &e) == 0 && prio_ledger_part(l, 0, &e) == 0, "open");
	prio_ledger_close(&l);
	same("kept", "033000.many");
	ok(prio_ledger_open(&l, path, "f1", day + 1001, 400, true, &e) == -1 && e.code == ERR_CONFIG, "%s", e.msg);
}

/* test_parts: a part's claims are known in each of many later parts, whatever the filter of their files forgot. */
static void
test_parts(void)
{
	CLEANUP(prio_ledger_close) struct prio_ledger *l = NULL;
	struct err e = ERR_INIT;
	int fresh = 0, again = 0;

	snprintf(path, sizeof(path), "%s/parts", folder);
	is_int(claim("a2", 0, 0, 70000, TODAY, true, false), 70000, "more ids than the first filter has room for");
	if (prio_ledger_open(&l, path, "a2", TODAY, 30, true, &e) == -1)
		return;
	for (unsigned part = 1; part <= 300; part++) {
		if (prio_ledger_part(l, part, &e) == -1)
			ok(false, "part %u", part);
		for (int i = 0; i < 40; i++) {
			int id = 70000 + 40 * ((int)part - 1) + i, old = (id * 7) % id;
			uint8_t d[SHA256_LEN];

			sha256(d, &id, sizeof(id));
			fresh += prio_ledger_claim(l, d, &e) == 1;
			sha256(d, &old, sizeof(old));
			again += prio_ledger_claim(l, d, &e) == 0;
		}
		if (prio_ledger_end(l, part == 300, &e) == -1)
			ok(false, "part %u: %s", part, e.msg);
	}
	ok(fresh == 300 * 40 && again == 300 * 40, "300 parts: %d fresh ids, %d that were used", fresh, again);
}

static void
test_filter(void)
{
	CLEANUP(prio_filter_release) struct prio_filter f = PRIO_FILTER_INIT;
	int lost = 0, wrong = 0;
	uint8_t d[SHA256_LEN] = { 0 };

	ok(!prio_filter_has(&f, d) && prio_filter_full(&f, 1), "one that was not made has nothing, and no room");
	prio_filter_make(&f, 100000);
	ok(!prio_filter_full(&f, 100000) && prio_filter_full(&f, 200000), "room for what was asked");
	for (int i = 0; i < 200000; i++) {
		sha256(d, &i, sizeof(i));
		if (i < 100000)
			prio_filter_put(&f, d);
		else
			wrong += prio_filter_has(&f, d);
	}
	for (int i = 0; i < 100000; i++) {
		sha256(d, &i, sizeof(i));
		lost += !prio_filter_has(&f, d);
	}
	is_int(lost, 0, "what was put is there");
	ok(wrong < 400, "of 100,000 that were not, %d seem to be", wrong);
	prio_filter_make(&f, 1);
	ok(!prio_filter_has(&f, d), "made anew it has nothing");
	prio_filter_make(&f, SIZE_MAX);
	ok(f.bits == 16 * (size_t)PRIO_FILTER_MAX && !prio_filter_full(&f, SIZE_MAX), "the largest one is never full");
}

static void
test_day(void)
{
	int64_t day = 0;

	ok(prio_day_of("1970-01-02", &day) == 0 && day == 1 && prio_day(INT64_C(86400) * 1000000) == 1, "days");
	ok(prio_day_of("2024-02-29", &day) == 0 && day == 19782, "a leap day");
	ok(prio_day_of("2023-02-29", &day) == -1 && prio_day_of("2024-1-1", &day) == -1 && prio_day_of("2024-01-01 ", &day) == -1 &&
	    prio_day_of("x", &day) == -1, "what is none");
}

static int
file_of(const char *text, size_t n, bool compressed)
{
	int fd = openat(AT_FDCWD, folder, O_TMPFILE | O_RDWR, 0600);

	if (compressed) {
		gzFile gz = gzdopen(dup(fd), "wb");

		gzwrite(gz, text, (unsigned)n);
		gzclose_w(gz);
	} else if (write(fd, text, n) != (ssize_t)n) {
		ok(false, "write");
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static void
is_lines(int fd, size_t max, const char *want, const char *what)
{
	CLEANUP(prio_text_close) struct prio_text *l = NULL;
	CLEANUP(buf_release) struct buf got = BUF_INIT;
	const char *line;
	size_t n;

	prio_text_open(&l, fd, max, NULL);
	for (;;) {
		struct err e = ERR_INIT;
		int rc = prio_text_next(l, &line, &n, &e);

		if (rc == 0)
			break;
		if (rc == 1)
			buf_add(&got, line, n);
		else
			buf_adds(&got, e.code == ERR_TOO_LARGE ? "LONG" : "ERROR");
		buf_addc(&got, '|');
		if (rc == -1 && e.code != ERR_TOO_LARGE)
			break;
	}
	is_str(got.data != NULL ? got.data : "", want, "%s", what);
}

static void
test_lines(void)
{
	CLEANUP(buf_release) struct buf big = BUF_INIT_MAX(4u << 20);
	static const char text[] = "one\n\ntwo\r\n12345\n123456\nlast";
	int fd;

	is_lines(file_of("", 0, false), 5, "", "nothing");
	is_lines(file_of(text, strlen(text), false), 5, "one||two|12345|LONG|last|", "lines");
	is_lines(file_of(text, strlen(text), true), 5, "one||two|12345|LONG|last|", "the same, compressed");
	for (int i = 0; i < 1000000; i++)
		buf_addc(&big, 'x');
	buf_adds(&big, "\nend\n");
	is_lines(file_of(big.data, big.len, true), 1000, "LONG|end|", "a line of a million, compressed to a thousand");
	is_lines(file_of(big.data, 999999, false), 1000, "LONG|", "one without an end");
	for (size_t i = 0; i < big.len; i++)
		big.data[i] = (char)("0123456789abcdef\n"[(i * i + i / 3) % 17]);
	fd = file_of(big.data, big.len, true);
	ok(ftruncate(fd, lseek(fd, 0, SEEK_END) / 2) == 0, "half of a compressed file");
	lseek(fd, 0, SEEK_SET);
	{
		CLEANUP(prio_text_close) struct prio_text *l = NULL;
		struct err e = ERR_INIT;
		const char *line;
		size_t n;
		int rc;

		prio_text_open(&l, fd, 1000, &e);
		while ((rc = prio_text_next(l, &line, &n, &e)) == 1)
			;
		ok(rc == -1 && e.code == ERR_VALIDATION, "is no whole one: %s", e.msg);
	}
}

int
main(void)
{
	struct err e = ERR_INIT;

	if (mkdtemp(folder) == NULL)
		return 111;
	snprintf(path, sizeof(path), "%s/ledger", folder);
	test_claims();
	test_many();
	test_merge();
	test_parts();
	test_filter();
	test_day();
	test_lines();
	folder_remove(AT_FDCWD, folder, &e);
	return done_testing();
}
