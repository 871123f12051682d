/* The blob folder: names hold their bytes, whatever is cut short. */
#include "../../lib/blob/blob.h"

#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../tap.h"

static char dir[64];

/* store: bytes under their digest; 0 or -1. */
static int
store(const char *bytes, uint8_t sha[SHA256_LEN], struct err *e)
{
	CLEANUP(blob_abort) struct blob_writer w = BLOB_WRITER_INIT;

	if (blob_begin(&w, dir, 1000, e) == -1 ||
	    blob_write(&w, bytes, strlen(bytes), e) == -1)
		return -1;
	return blob_commit(&w, sha, NULL, e);
}

/* tmp_files: unfinished files in the store, as blob_sweep counts and removes them. */
static int
tmp_files(void)
{
	struct err e = ERR_INIT;

	return blob_sweep(dir, 0, &e);
}

static void
test_write_and_read(void)
{
	CLEANUP(cleanup_close) int fd = -1;
	uint8_t sha[SHA256_LEN], want[SHA256_LEN];
	char path[BLOB_PATH_MAX], got[16] = "";
	struct err e = ERR_INIT;
	struct stat st;
	int64_t size = 0;

	is_int(store("abc", sha, &e), 0, "three bytes");
	unhex(want, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	is_mem(sha, want, sizeof(want), "under their SHA-256");
	blob_path(path, dir, sha, &e);
	ok(strstr(path, "/ba/7816bf") != NULL, "in a folder of two characters");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0444, "read-only");
	is_int(blob_open(&fd, &size, dir, sha, &e), 0, "opens");
	is_int(size, 3, "tells its size");
	is_int(read(fd, got, sizeof(got)), 3, "reads");
	is_str(got, "abc", "the bytes");
	is_int(store("abc", sha, &e), 0, "the same again is no error");
	is_int(tmp_files(), 0, "nothing is left in tmp");
	is_int(blob_unlink(dir, sha, 60, &e), 0, "a file that somebody just wrote stays");
	is_int(blob_unlink(dir, sha, -1, &e), 1, "an older one is removed");
	is_int(blob_unlink(dir, sha, -1, &e), 1, "twice");
	is_int(blob_open(&fd, &size, dir, sha, &e), -1, "gone");
	is_int(e.code, ERR_NOT_FOUND, "and says so");
}

static void
test_refusals_store_nothing(void)
{
	struct blob_writer w = BLOB_WRITER_INIT;
	uint8_t sha[SHA256_LEN] = { 0 }, other[SHA256_LEN] = { 1 };
	struct err e = ERR_INIT;

	blob_begin(&w, dir, 5, &e);
	is_int(blob_write(&w, "12345", 5, &e), 0, "up to the cap");
	is_int(blob_write(&w, "6", 1, &e), -1, "not past it");
	is_int(e.code, ERR_TOO_LARGE, "as too large");
	is_int(blob_commit(&w, sha, other, &e), -1, "another digest declared");
	is_int(e.code, ERR_VALIDATION, "is the caller's fault");
	is_int(sha[0], 0, "output untouched");
	blob_abort(&w);
	blob_abort(&w);
	is_int(tmp_files(), 0, "nothing is left");
}

static void
test_killed_writer(void)
{
	struct err e = ERR_INIT;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct blob_writer w = BLOB_WRITER_INIT;

		blob_begin(&w, dir, 1000, &e);
		blob_write(&w, "partial", 7, &e);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status), "a writer was killed between two slices");
	is_int(blob_sweep(dir, BLOB_STALE_S, &e), 0, "a young file may be in use");
	is_int(blob_sweep(dir, 0, &e), 1, "an old one is swept");
}

/* take_away: what blob_unlink does before it is killed. */
static void
take_away(const uint8_t sha[SHA256_LEN])
{
	char path[BLOB_PATH_MAX], away[2 * BLOB_PATH_MAX], hex[SHA256_HEX];
	struct err e = ERR_INIT;

	hex_encode(hex, sha, SHA256_LEN);
	blob_path(path, dir, sha, &e);
	snprintf(away, sizeof(away), "%s/tmp/away-%s-0011223344556677", dir, hex);
	is_int(rename(path, away), 0, "a removal took the file away and died");
}

static void
test_killed_remover(void)
{
	CLEANUP(cleanup_close) int fd = -1;
	uint8_t sha[SHA256_LEN];
	struct err e = ERR_INIT;

	store("doomed", sha, &e);
	take_away(sha);
	is_int(blob_sweep(dir, BLOB_STALE_S, &e), 0, "it may be alive");
	is_int(blob_open(&fd, NULL, dir, sha, &e), -1, "so nothing happens yet");
	is_int(blob_sweep(dir, 0, &e), 0, "it is dead: no file is removed");
	is_int(blob_open(&fd, NULL, dir, sha, &e), 0, "the file has its name again");
	cleanup_close(&fd);
	take_away(sha);
	store("doomed", sha, &e);
	is_int(blob_sweep(dir, 0, &e), 0, "a writer made it again meanwhile");
	is_int(blob_open(&fd, NULL, dir, sha, &e), 0, "that one stays");
	is_int(tmp_files(), 0, "nothing is left in tmp");
	is_int(blob_unlink(dir, sha, -1, &e), 1, "and the removal can begin anew");
}

#define RACERS 8
#define ROUNDS 40

/* Racing writers of equal bytes, and a remover: the name is whole or absent. */
static void
test_race(void)
{
	uint8_t sha[SHA256_LEN];
	struct err e = ERR_INIT;
	pid_t pids[RACERS];
	int status, bad = 0, torn = 0;

	for (int i = 0; i < RACERS; i++) {
		pids[i] = fork();
		if (pids[i] != 0)
			continue;
		for (int k = 0; k < ROUNDS; k++)
			if (store("the same bytes", sha, &e) == -1)
				_exit(1);
		_exit(0);
	}
	sha256(sha, "the same bytes", 14);
	for (int k = 0; k < ROUNDS; k++) {
		CLEANUP(cleanup_close) int fd = -1;
		char got[32] = "";
		int64_t size = 0;

		if (blob_open(&fd, &size, dir, sha, &e) == 0 &&
		    (read(fd, got, sizeof(got)) != 14 ||
		    strcmp(got, "the same bytes") != 0))
			torn++;
		blob_unlink(dir, sha, -1, &e);
	}
	for (int i = 0; i < RACERS; i++) {
		waitpid(pids[i], &status, 0);
		bad += status != 0;
	}
	is_int(bad, 0, "every writer succeeded");
	is_int(torn, 0, "no reader saw part of it");
	is_int(tmp_files(), 0, "nothing is left");
}

static void
test_adopt(void)
{
	uint8_t sha[SHA256_LEN];
	char from[128];
	struct err e = ERR_INIT;
	int64_t size = 0;
	int fd;

	snprintf(from, sizeof(from), "%s/finished", dir);
	fd = open(from, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ok(write(fd, "adopted", 7) == 7, "a finished file");
	close(fd);
	sha256(sha, "adopted", 7);
	is_int(blob_adopt(dir, from, sha, &e), 0, "moves into the store");
	ok(access(from, F_OK) == -1, "and away from where it was");
	is_int(blob_open(&fd, &size, dir, sha, &e), 0, "and is there");
	is_int(size, 7, "whole");
	close(fd);
	fd = open(from, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ok(write(fd, "linked", 6) == 6, "another finished file");
	close(fd);
	sha256(sha, "linked", 6);
	is_int(blob_link(dir, from, sha, &e), 0, "takes a name in the store");
	is_int(access(from, F_OK), 0, "and keeps its own");
	is_int(blob_link(dir, from, sha, &e), 0, "again, when the name is there already");
	is_int(blob_unlink(dir, sha, -1, &e), 1, "its name in the store is removed");
	is_int(blob_link(dir, from, sha, &e), 0, "and made again from the one it kept");
	is_int(blob_open(&fd, &size, dir, sha, &e), 0, "the bytes are there");
	is_int(size, 6, "whole");
	close(fd);
	is_int(unlink(from), 0, "its own name goes");
	ok(symlink("/etc/passwd", from) == 0, "a link in its place");
	is_int(blob_adopt(dir, from, sha, &e), -1, "is not followed");
}

/* fill_disk: in a child with a file system of 64 KiB; its exit status: 0 as
 * promised, 1 not, 2 there are no rights to mount. */
static int
fill_disk(void)
{
	struct blob_writer w = BLOB_WRITER_INIT;
	static char slice[32 << 10];
	struct err e = ERR_INIT;
	int rc = 0;

	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("none", dir, "tmpfs", 0, "size=64k") == -1)
		return 2;
	if (blob_init(dir, &e) == -1 ||
	    blob_begin(&w, dir, INT64_MAX, &e) == -1)
		return 1;
	for (int i = 0; rc == 0 && i < 8; i++)
		rc = blob_write(&w, slice, sizeof(slice), &e);
	blob_abort(&w);
	if (rc != -1 || e.code != ERR_BACKPRESSURE)
		return 1;
	/* what was half written is gone, so there is room again */
	return blob_begin(&w, dir, 100, &e) == 0 &&
	    blob_write(&w, slice, 100, &e) == 0 ? 0 : 1;
}

static void
test_full_disk(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fill_disk());
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		skip("a full disk needs the right to mount");
	else
		is_int(status, 0, "a full disk is back-pressure, and leaves nothing");
}

static void
test_missing_store(void)
{
	struct blob_writer w = BLOB_WRITER_INIT;
	struct err e = ERR_INIT;
	static char deep[BLOB_PATH_MAX];

	is_int(blob_begin(&w, "/nonexistent", 1, &e), -1, "no such folder");
	is_int(e.code, ERR_SYS, "is an error of the system");
	blob_abort(&w);
	memset(deep, 'x', sizeof(deep) - 1);
	is_int(blob_init(deep, &e), -1, "a path that is too long");
	is_int(e.code, ERR_LIMIT, "is a limit");
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	(void)st, (void)kind, (void)f;
	return remove(path);
}

int
main(void)
{
	struct err e = ERR_INIT;

	snprintf(dir, sizeof(dir), "/tmp/t_blob-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return 1;
	is_int(blob_init(dir, &e), 0, "a store");
	is_int(blob_init(dir, &e), 0, "made twice");
	test_write_and_read();
	test_refusals_store_nothing();
	test_killed_writer();
	test_killed_remover();
	test_race();
	test_adopt();
	test_full_disk();
	test_missing_store();
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return done_testing();
}
