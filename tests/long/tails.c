/*
 * Tails of full size, TAP: the 25,600,130 bytes for 100,000 indices against the
 * published hash (DR_VECTORS), made alone and with a helper; no helper outlives a
 * process that is killed at a random moment;
 * 1,000,000 indices in bounded memory.  Times are printed, never judged.
 *
 *	tails FOLDER	(where unnamed files of 256 MB may be)
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/base/rand.h"
#include "../../lib/crypt/accum/witness.h"
#include "../unit/accum.h"

#define KILLS		20
#define RSS_MAX_KIB	(64 * 1024)

static const char *folder;

static int
file_new(void)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd == -1)
		vec_die(folder);
	return fd;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
test_published(void)
{
	CLEANUP(json_put) struct json_object *small = vec_json("anoncreds/small-vectors.json");
	uint32_t size = (uint32_t)json_object_get_int(vec_at(small, "tails.large.max_cred_num"));
	uint8_t hash[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];
	struct g2 g_dash;
	struct fr gamma;

	vec_g2(&g_dash, small, "tails.large.g_dash");
	vec_fr(&gamma, small, "tails.large.gamma");
	for (unsigned helpers = 0; helpers <= 1; helpers++) {
		CLEANUP(cleanup_close) int fd = file_new();
		double t0 = seconds();

		is_int(tails_write(fd, &g_dash, size, &gamma, helpers, NULL, hash, NULL), 0,
		    "%u indices, %u helpers", size, helpers);
		printf("# %.2f s\n", seconds() - t0);
		is_int(lseek(fd, 0, SEEK_END), json_object_get_int64(vec_at(small, "tails.large.file_bytes")), "its length");
		for (size_t i = 0; i < SHA256_LEN; i++)
			snprintf(hex + 2 * i, 3, "%02x", hash[i]);
		is_str(hex, vec_text(small, "tails.large.file_sha256_hex"), "its published hash");
	}
}

/* A process with two helpers, all killed by one signal to the first. */
static void
kill_one(const struct g2 *g_dash, const struct fr *gamma, unsigned after_ms)
{
	const struct timespec pause = { .tv_nsec = (long)after_ms * 1000000 };
	int alive[2];
	char byte;
	pid_t pid;

	if (pipe(alive) == -1 || (pid = fork()) == -1)
		vec_die("a process");
	if (pid == 0) {
		CLEANUP(cleanup_close) int fd = file_new();
		uint8_t hash[SHA256_LEN];

		tails_write(fd, g_dash, ACCUM_SIZE_MAX, gamma, 2, NULL, hash, NULL);
		_exit(0);
	}
	close(alive[1]);
	nanosleep(&pause, NULL);	/* pause: the moment is the test, nothing waits for it */
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	is_int(read(alive[0], &byte, 1), 0, "killed after %u ms: nobody is left", after_ms);
	close(alive[0]);
}

static void
test_kills(const struct g2 *g_dash, const struct fr *gamma)
{
	uint16_t random[KILLS];

	rand_bytes(random, sizeof(random));
	for (size_t i = 0; i < KILLS; i++)
		kill_one(g_dash, gamma, random[i] % 500);
}

static void
test_million(const struct g2 *g_dash, const struct fr *gamma)
{
	CLEANUP(cleanup_close) int fd = file_new();
	CLEANUP(tails_release) struct tails t = TAILS_INIT;
	struct rusage self, helper;
	uint8_t hash[SHA256_LEN];
	char text[TAILS_HASH_MAX];
	double t0 = seconds();

	is_int(tails_write(fd, g_dash, ACCUM_SIZE_MAX, gamma, 1, NULL, hash, NULL), 0, "1,000,000 indices");
	printf("# %.1f s\n", seconds() - t0);
	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &helper);
	ok(self.ru_maxrss <= RSS_MAX_KIB && helper.ru_maxrss <= RSS_MAX_KIB, "in 64 MiB: %ld and %ld KiB",
	    self.ru_maxrss, helper.ru_maxrss);
	tails_hash_text(text, hash);
	is_int(tails_map(&t, fd, ACCUM_SIZE_MAX, text, NULL), 0, "read again by its hash");
	t0 = seconds();
	is_int(tails_check(&t, NULL, NULL), 0, "every point is good");
	printf("# %.1f s\n", seconds() - t0);
}

int
main(int argc, char **argv)
{
	struct g2 g_dash;
	struct fr gamma;

	folder = argc > 1 ? argv[1] : "/var/tmp";
	g2_random(&g_dash);
	fr_random(&gamma);
	test_million(&g_dash, &gamma);	/* first: the largest memory so far is its own */
	test_kills(&g_dash, &gamma);
	if (!vec_missing())
		test_published();
	return done_testing();
}
