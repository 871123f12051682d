/*
 * Stores of prio1: one suite for a folder and, when DR_PRIO_S3 names one, a bucket:
 * DR_PRIO_S3=endpoint bucket region credentials-file (make check-s3).
 */
#include "../../lib/prio1/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/folder.h"
#include "../tap.h"

static char folder[] = "/tmp/t_prio_store.XXXXXX";

static int
collect(void *arg, const char *name, int64_t size, struct err *e)
{
	(void)e;
	buf_addf(arg, "%s=%lld ", name, (long long)size);
	return 0;
}

static int
append(void *arg, const void *p, size_t n, struct err *e)
{
	(void)e;
	buf_add(arg, p, n);
	return 0;
}

static void
put_text(struct prio_store *s, const char *name, const char *text)
{
	struct err e = ERR_INIT;

	ok(prio_put_bytes(s, name, text, strlen(text), &e) == 0, "put %s%s", name, e.msg);
}

static void
is_text(struct prio_store *s, const char *name, const char *want)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	ok(prio_slurp(s, name, 4096, &b, &e) == 0 && b.len == strlen(want) && memcmp(b.data, want, b.len) == 0, "%s is \"%s\" %s",
	    name, want, e.msg);
}

static void
test_names(struct prio_store *s)
{
	static const char *const bad[] = { "", "/a", "a/", "a//b", "../a", "a/../b", ".hidden", "a/.b", "a\nb", "a\177" };
	char longest[PRIO_NAME_MAX + 1];
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		e = (struct err)ERR_INIT;
		ok(prio_put_bytes(s, bad[i], "x", 1, &e) == -1 && e.code == ERR_VALIDATION, "bad name %zu is refused", i);
	}
	memset(longest, 'a', PRIO_NAME_MAX);
	longest[PRIO_NAME_MAX] = '\0';
	e = (struct err)ERR_INIT;
	ok(prio_head(s, longest, NULL, &e) == -1 && e.code == ERR_VALIDATION, "a name too long is refused");
}

static void
test_objects(struct prio_store *s)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	CLEANUP(prio_file_release) struct prio_file f = PRIO_FILE_INIT;
	struct err e = ERR_INIT;
	int64_t size = -1;

	ok(prio_head(s, "raw/batch_id=x y+&%/part-0", &size, &e) == 0 && size == -1, "nothing is there %s", e.msg);
	ok(prio_slurp(s, "raw/none", 10, &b, &e) == -1 && e.code == ERR_NOT_FOUND, "nothing to fetch: %s", e.msg);
	put_text(s, "raw/batch_id=x y+&%/part-0", "zero");
	put_text(s, "raw/batch_id=x y+&%/part-0", "0123456789");
	is_text(s, "raw/batch_id=x y+&%/part-0", "0123456789");
	ok(prio_head(s, "raw/batch_id=x y+&%/part-0", &size, &e) == 1 && size == 10, "its size");
	ok(prio_get(s, "raw/batch_id=x y+&%/part-0", 3, 4, append, &b, &e) == 0 && b.len == 4 && memcmp(b.data, "3456", 4) == 0,
	    "a range %s", e.msg);
	ok(prio_get(s, "raw/batch_id=x y+&%/part-0", -1, 4, append, &b, &e) == -1, "no range before its begin");
	put_text(s, "raw/empty", "");
	is_text(s, "raw/empty", "");
	ok(prio_fetch(s, "raw/batch_id=x y+&%/part-0", 9, &f, &e) == -1 && e.code == ERR_TOO_LARGE, "over the bound");
	ok(prio_fetch(s, "raw/batch_id=x y+&%/part-0", 10, &f, &e) == 0 && f.size == 10, "fetched");
	is_str(f.sha256, "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882", "with its digest");
	ok(prio_copy(s, "raw/batch_id=x y+&%/part-0", "copied/ü", &e) == 0, "copied %s", e.msg);
	is_text(s, "copied/ü", "0123456789");
	ok(prio_delete(s, "copied/ü", &e) == 0 && prio_delete(s, "copied/ü", &e) == 0, "deleted, also twice %s", e.msg);
	ok(prio_head(s, "copied/ü", NULL, &e) == 0, "gone");
}

static void
test_list(struct prio_store *s)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	CLEANUP(buf_release) struct buf want = BUF_INIT;
	struct err e = ERR_INIT;
	char name[128] = "";

	put_text(s, "list/b", "1");
	put_text(s, "list/a/c", "22");
	put_text(s, "list/a.d", "333");
	put_text(s, "list/batch_id=q/_SUCCESS", "");
	put_text(s, "listless", "");
	ok(prio_list(s, "list/", collect, &b, &e) == 0, "list %s", e.msg);
	is_str(b.data, "list/a.d=3 list/a/c=2 list/b=1 list/batch_id=q/_SUCCESS=0 ", "sorted by bytes, sizes beside");
	buf_reset(&b);
	ok(prio_list(s, "list/a", collect, &b, &e) == 0, "a prefix is no folder");
	is_str(b.data, "list/a.d=3 list/a/c=2 ", "both");
	buf_reset(&b);
	ok(prio_list(s, "nowhere/", collect, &b, &e) == 0 && b.len == 0, "nothing");
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "many/part %05d", i);
		if (prio_put_bytes(s, name, name, (size_t)i, &e) == -1)
			ok(false, "put %s: %s", name, e.msg);
		buf_addf(&want, "%s=%d ", name, i);
	}
	ok(prio_list(s, "many/", collect, &b, &e) == 0, "more than a page %s", e.msg);
	is_str(b.data, want.data, "all of it, once");
}

/* test_large: past the bound above which objects go up in parts. */
static void
test_large(struct prio_store *s)
{
	CLEANUP(prio_file_release) struct prio_file made = PRIO_FILE_INIT, got = PRIO_FILE_INIT;
	struct err e = ERR_INIT;
	uint64_t block[8192], x = 1;

	ok(prio_temp(&made, folder, &e) == 0, "a file without a name");
	for (int i = 0; i < 1100; i++) {		/* 68.75 MiB */
		for (size_t k = 0; k < 8192; k++)
			block[k] = x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
		if (write(made.fd, block, sizeof(block)) != (ssize_t)sizeof(block))
			ok(false, "write");
	}
	ok(prio_file_seal(&made, &e) == 0 && made.size == 1100 * 65536, "sealed");
	ok(prio_put(s, "large/part", made.fd, made.size, &e) == 0, "put %s", e.msg);
	ok(prio_fetch(s, "large/part", made.size, &got, &e) == 0, "fetched %s", e.msg);
	is_str(got.sha256, made.sha256, "the same bytes");
	prio_delete(s, "large/part", &e);
}

static void
suite(struct prio_store *s)
{
	test_names(s);
	test_objects(s);
	test_list(s);
	test_large(s);
}

/* What only a folder has: temporary files, links, and a second writer. */
static void
test_folder(struct prio_store *s)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	CLEANUP(cleanup_close) int dir = open(folder, O_RDONLY | O_DIRECTORY), other = -1;
	struct err e = ERR_INIT;

	mkdirat(dir, "f", 0755);
	ok(folder_write(dir, "f/.left.tmp", "half of it, and more", 20, 0644, &e) == 0, "a dead process left half of an object");
	ok(prio_list(s, "f/", collect, &b, &e) == 0 && b.len == 0, "which nobody sees");
	put_text(s, "f/left", "whole");
	is_text(s, "f/left", "whole");
	ok(symlinkat("/etc/passwd", dir, "f/link") == 0 && symlinkat("/etc", dir, "etc") == 0 && mkfifoat(dir, "f/fifo", 0600) == 0,
	    "links and a pipe");
	ok(prio_slurp(s, "f/link", 1 << 20, &b, &e) == -1, "a link is not followed: %s", e.msg);
	ok(prio_slurp(s, "etc/passwd", 1 << 20, &b, &e) == -1, "not to a folder either: %s", e.msg);
	ok(prio_put_bytes(s, "etc/x", "x", 1, &e) == -1, "nor for writing");
	ok(prio_slurp(s, "f/fifo", 1 << 20, &b, &e) == -1, "a pipe is no object, and does not stop us");
	buf_reset(&b);
	ok(prio_list(s, "f/", collect, &b, &e) == 0 && strcmp(b.data, "f/left=5 ") == 0, "lists have files only");
	other = openat(dir, "f/.busy.tmp", O_WRONLY | O_CREAT, 0644);
	ok(flock(other, LOCK_EX) == 0, "another writer");
	e = (struct err)ERR_INIT;
	ok(prio_put_bytes(s, "f/busy", "x", 1, &e) == -1 && e.code == ERR_BACKPRESSURE, "the second is told: %s", e.msg);
	ok(prio_head(s, "f/busy", NULL, &e) == 0, "and nothing is there");
}

static void
test_open(void)
{
	CLEANUP(prio_store_close) struct prio_store *s = NULL;
	struct prio_access none = { .endpoint = NULL };
	struct err e = ERR_INIT;

	ok(prio_store_open(&s, "/nowhere/at/all", &none, &e) == -1 && e.code == ERR_CONFIG, "%s", e.msg);
	ok(prio_store_open(&s, "bucket", &none, &e) == -1 && e.code == ERR_CONFIG, "%s", e.msg);
	none.endpoint = "http://127.0.0.1:1";
	ok(prio_store_open(&s, "s3://bucket", &none, &e) == -1 && e.code == ERR_CONFIG, "%s", e.msg);
	ok(s == NULL, "nothing is opened");
}

/* test_wrong_key: the store says 403, and we do not try for ever. */
static void
test_wrong_key(const char *bucket, struct prio_access a)
{
	CLEANUP(sigv4_key_release) struct sigv4_key wrong = SIGV4_KEY_INIT;
	CLEANUP(prio_store_close) struct prio_store *s = NULL;
	struct err e = ERR_INIT;

	memcpy(wrong.id, a.key->id, sizeof(wrong.id));
	if (secret_alloc(&wrong.secret, 20, &e) == -1)
		abort();
	memset(wrong.secret.p, 'w', 20);
	a.key = &wrong;
	ok(prio_store_open(&s, bucket, &a, &e) == 0, "a wrong secret");
	ok(prio_put_bytes(s, "x", "x", 1, &e) == -1 && e.code == ERR_CONFIG && strstr(e.msg, "403") != NULL, "%s", e.msg);
}

static void
on_bucket(const char *setting)
{
	CLEANUP(sigv4_key_release) struct sigv4_key key = SIGV4_KEY_INIT;
	CLEANUP(prio_store_close) struct prio_store *s = NULL;
	char endpoint[256], bucket[64], region[64], file[256];
	struct prio_access a = { .endpoint = endpoint, .region = region, .key = &key, .work_dir = folder };
	struct err e = ERR_INIT;

	if (sscanf(setting, "%255s %63s %63s %255s", endpoint, bucket, region, file) != 4 ||
	    sigv4_key_read(&key, file, &e) == -1) {
		ok(false, "DR_PRIO_S3: %s", e.msg);
		return;
	}
	ok(prio_store_open(&s, bucket, &a, &e) == 0, "a bucket %s", e.msg);
	suite(s);
	test_wrong_key(bucket, a);
}

int
main(void)
{
	CLEANUP(prio_store_close) struct prio_store *s = NULL;
	struct prio_access none = { .endpoint = NULL };
	struct err e = ERR_INIT;

	if (mkdtemp(folder) == NULL)
		return 111;
	none.work_dir = folder;
	test_open();
	if (!ok(prio_store_open(&s, folder, &none, &e) == 0, "a folder"))
		return done_testing();
	suite(s);
	test_folder(s);
	if (getenv("DR_PRIO_S3") != NULL)
		on_bucket(getenv("DR_PRIO_S3"));
	folder_remove(AT_FDCWD, folder, &e);
	return done_testing();
}
