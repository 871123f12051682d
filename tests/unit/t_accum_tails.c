/*
 * Tails files: the reference's byte for byte, the same bytes whoever helps, the
 * real point L + 1 nowhere; and the files and slices that are refused.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/accum/tails.h"
#include "accum.h"

#define SIZE	3500	/* 14 batches, and more points than are checked one by one */

static int
file_new(void)
{
	return memfd_create("tails", MFD_CLOEXEC);
}

static int
file_of(const uint8_t *p, size_t n)
{
	int fd = file_new();

	if (write(fd, p, n) != (ssize_t)n)
		vec_die("a file in memory");
	return fd;
}

static void
test_refgen(void)
{
	CLEANUP(cleanup_close) int fd = file_new(), want_fd = vec_open(REFGEN "tails.bin");
	CLEANUP(json_put) struct json_object *small = vec_json("anoncreds/small-vectors.json");
	uint8_t hash[SHA256_LEN], got[2048], want[2048];
	char text[TAILS_HASH_MAX];
	struct refgen r;
	struct err e = ERR_INIT;

	refgen_load(&r);
	is_int(tails_write(fd, &r.pk.g_dash, 5, &r.gamma, 0, NULL, hash, &e), 0, "tails of five");
	is_int(pread(fd, got, sizeof(got), 0), 1410, "have 1,410 bytes");
	is_int(read(want_fd, want, sizeof(want)), 1410, "as the reference's");
	is_mem(got, want, 1410, "and are equal byte for byte");
	tails_hash_text(text, hash);
	is_str(text, vec_text(small, "tails.sha256_base58"), "so is the hash");
	refgen_release(&r);
}

static void
test_layout(void)
{
	is_int((int64_t)tails_bytes(100000), 25600130, "size of the file for 100,000");
	is_int((int64_t)tails_bytes(ACCUM_SIZE_MAX), 256000130, "and for 1,000,000");
	is_int(tails_points(5), 11, "2L + 1 points");
	is_int((int64_t)tails_offset(3), 2 + 3 * 128, "a point's place");
}

/* One file, made by one process, with the secret of it. */
struct made {
	struct g2 g_dash;
	struct fr gamma;
	int	fd;
	uint8_t	hash[SHA256_LEN];
	uint8_t	*bytes;
	size_t	n;
};

static void
made_init(struct made *m, uint32_t size)
{
	g2_random(&m->g_dash);
	fr_random(&m->gamma);
	m->fd = file_new();
	m->n = tails_bytes(size);
	m->bytes = malloc(m->n);
	if (tails_write(m->fd, &m->g_dash, size, &m->gamma, 0, NULL, m->hash, NULL) == -1 ||
	    pread(m->fd, m->bytes, m->n, 0) != (ssize_t)m->n)
		vec_die("tails");
}

static void
made_release(struct made *m)
{
	close(m->fd);
	free(m->bytes);
}

static void
test_points(const struct made *m)
{
	static const uint32_t slots[] = { 0, 1, 2, 511, 512, SIZE, SIZE + 1, SIZE + 2, 2 * SIZE };
	uint8_t want[TAILS_POINT], hash[SHA256_LEN];
	struct g2 p;
	struct fr k;

	for (size_t i = 0; i < sizeof(slots) / sizeof(*slots); i++) {
		fr_pow(&k, &m->gamma, slots[i] == SIZE + 1 ? 0 : slots[i]);
		g2_mul(&p, &m->g_dash, &k);
		wire_g2_bytes(want, &p);
		is_mem(m->bytes + tails_offset(slots[i]), want, TAILS_POINT, "slot %u", slots[i]);
	}
	fr_pow(&k, &m->gamma, SIZE + 1);
	g2_mul(&p, &m->g_dash, &k);
	wire_g2_bytes(want, &p);
	ok(memmem(m->bytes, m->n, want, TAILS_POINT) == NULL, "the real point L + 1 is nowhere");
	sha256(hash, m->bytes, m->n);
	is_mem(m->hash, hash, SHA256_LEN, "the hash is that of the file");
}

struct seen { uint64_t calls, last, total; bool back; };

static void
see(void *arg, uint64_t done, uint64_t total)
{
	struct seen *s = arg;

	s->calls++;
	s->back |= done < s->last;
	s->last = done;
	s->total = total;
}

static void
test_helpers(const struct made *m)
{
	for (unsigned helpers = 1; helpers <= 5; helpers += 2) {
		CLEANUP(cleanup_close) int fd = file_new();
		uint8_t hash[SHA256_LEN];
		struct seen seen = { .calls = 0 };
		struct tails_progress progress = { see, &seen };

		is_int(tails_write(fd, &m->g_dash, SIZE, &m->gamma, helpers, &progress, hash, NULL), 0,
		    "%u helpers", helpers);
		is_mem(hash, m->hash, SHA256_LEN, "make the same file");
		ok(seen.calls == 14 && seen.last == 2 * SIZE + 1 && seen.total == 2 * SIZE + 1 && !seen.back,
		    "progress goes up to all points");
		is_int(waitpid(-1, NULL, WNOHANG), -1, "no helper is left");
		is_int(errno, ECHILD, "not even dead");
	}
}

/* Kills, once, whatever child this process has. */
static void
kill_child(void *arg, uint64_t done, uint64_t total)
{
	pid_t *pid = arg;
	char path[64], text[64] = "";
	FILE *f;

	(void)done;
	(void)total;
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	if (*pid != 0 || (f = fopen(path, "re")) == NULL)
		return;
	if (fgets(text, sizeof(text), f) != NULL && (*pid = (pid_t)strtol(text, NULL, 10)) > 0)
		kill(*pid, SIGKILL);
	fclose(f);
}

static void
test_killed_helper(const struct made *m)
{
	CLEANUP(cleanup_close) int fd = file_new();
	pid_t killed = 0;
	struct tails_progress progress = { kill_child, &killed };
	uint8_t hash[SHA256_LEN];

	is_int(tails_write(fd, &m->g_dash, SIZE, &m->gamma, 1, &progress, hash, NULL), 0, "a helper is killed");
	is_mem(hash, m->hash, SHA256_LEN, "and the file is the same");
	if (killed == 0)
		skip("/proc does not tell of children: no helper was killed");
}

/* The helper of a process that is killed dies with it. */
static void
test_killed_parent(const struct made *m)
{
	int alive[2];
	char byte;
	pid_t pid;

	if (pipe(alive) == -1 || (pid = fork()) == -1)
		vec_die("a process");
	if (pid == 0) {		/* it and its helpers hold the pipe open */
		CLEANUP(cleanup_close) int fd = file_new();
		uint8_t hash[SHA256_LEN];

		close(alive[0]);
		tails_write(fd, &m->g_dash, ACCUM_SIZE_MAX, &m->gamma, 2, NULL, hash, NULL);
		_exit(0);
	}
	close(alive[1]);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	is_int(read(alive[0], &byte, 1), 0, "no helper outlives the process that is killed");
	close(alive[0]);
}

static void
test_no_room(const struct made *m)
{
	CLEANUP(cleanup_close) int fd = open("/dev/full", O_RDWR | O_CLOEXEC);
	uint8_t hash[SHA256_LEN];
	struct err e = ERR_INIT;

	is_int(tails_write(fd, &m->g_dash, SIZE, &m->gamma, 1, NULL, hash, &e), -1, "a full disk");
	ok(e.code == ERR_SYS && e.sys == ENOSPC, "is said to be one");
	is_int(tails_write(fd, &m->g_dash, 1, &m->gamma, 0, NULL, hash, &e), -1, "a registry of one");
	is_int(e.code, ERR_STRUCTURE, "is none");
}

/* A changed copy is mapped, then checked: at which of both it fails, and why. */
static void
refused(uint8_t *p, size_t n, uint32_t size, const char *hash, bool maps, const char *why)
{
	CLEANUP(cleanup_close) int fd = file_of(p, n);
	CLEANUP(tails_release) struct tails t = TAILS_INIT;
	struct err e = ERR_INIT;
	int mapped = tails_map(&t, fd, size, hash, &e);

	is_int(mapped, maps ? 0 : -1, "%s: %s", why, maps ? "mapped without its hash" : "not mapped");
	if (mapped == 0)
		is_int(tails_check(&t, NULL, &e), -1, "%s: refused", why);
	is_int(e.code, ERR_TAILS_MISMATCH, "%s: as a mismatch (%s)", why, e.msg);
}

/* A point of the twist that is not in the group. */
static void
stray(struct g2_affine *out)
{
	struct fp2 b = { .a = fp_one }, x, y;
	struct g2 p;

	fp_neg(&b.b, &fp_one);
	do {
		fp_random(&x.a);
		fp_random(&x.b);
		fp2_sqr(&y, &x);
		fp2_mul(&y, &y, &x);
		fp2_add(&y, &y, &b);
		if (fp2_sqrt(&y, &y) == -1)
			continue;
		*out = (struct g2_affine){ x, y };
		g2_from_affine(&p, out);
	} while (!g2_affine_on_curve(out) || g2_in_group(&p));
}

static void
test_hostile(const struct made *m, uint32_t size)
{
	CLEANUP(cleanup_free) uint8_t *p = malloc(m->n + 1);
	char hash[TAILS_HASH_MAX], other[TAILS_HASH_MAX];
	uint8_t *slot = p + tails_offset(4);
	struct g2_affine bad;

	tails_hash_text(hash, m->hash);
	tails_hash_text(other, m->bytes);
	memcpy(p, m->bytes, m->n);
	p[m->n] = 0;
	refused(p, m->n - 1, size, hash, false, "a byte short");
	refused(p, m->n - 1, 0, hash, false, "a byte short, of any size");
	refused(p, m->n + 1, 0, hash, false, "a byte more");
	refused(p, m->n, size - 1, hash, false, "of another size");
	refused(p, 0, 0, hash, false, "empty");
	refused(p, m->n, size, other, false, "another hash");
	refused(p, m->n, size, "0OIl", false, "no hash");
	p[1] = 3;
	refused(p, m->n, size, NULL, false, "another head");
	p[1] = 2;
	p[m->n - 1] ^= 1;
	refused(p, m->n, size, hash, false, "the last bit flipped");
	refused(p, m->n, size, NULL, true, "the last bit flipped");
	p[m->n - 1] ^= 1;
	memset(slot, 0xff, 32);
	refused(p, m->n, size, NULL, true, "a coordinate past the field");
	memset(slot, 0, TAILS_POINT);
	refused(p, m->n, size, NULL, true, "infinity");
	stray(&bad);
	wire_g2_affine_bytes(slot, &bad);
	refused(p, m->n, size, NULL, true, "a point outside the group");
	memcpy(p + tails_offset(size + 1), m->bytes + tails_offset(size), TAILS_POINT);
	refused(p, m->n, size, NULL, true, "something else in slot L + 1");
}

/* Two points outside whose sum is inside: sums alone would not see them. */
static void
test_opposites(const struct made *m)
{
	CLEANUP(cleanup_free) uint8_t *p = malloc(m->n);
	struct g2_affine bad;

	memcpy(p, m->bytes, m->n);
	stray(&bad);
	wire_g2_affine_bytes(p + tails_offset(7), &bad);
	refused(p, m->n, SIZE, NULL, true, "a point outside the group of many");
	fp2_neg(&bad.y, &bad.y);
	wire_g2_affine_bytes(p + tails_offset(8), &bad);
	refused(p, m->n, SIZE, NULL, true, "two that cancel in one chunk");
	memcpy(p + tails_offset(8), m->bytes + tails_offset(8), TAILS_POINT);
	wire_g2_affine_bytes(p + tails_offset(1024 + 7), &bad);
	refused(p, m->n, SIZE, NULL, true, "two that cancel in two chunks");
}

static void
test_good(const struct made *m, uint32_t size)
{
	CLEANUP(tails_release) struct tails t = TAILS_INIT;
	char hash[TAILS_HASH_MAX];
	struct seen seen = { .calls = 0 };
	struct tails_progress progress = { see, &seen };

	tails_hash_text(hash, m->hash);
	is_int(tails_map(&t, m->fd, 0, hash, NULL), 0, "a good file of %u", size);
	is_int(t.size, size, "tells its size");
	is_int(tails_check(&t, &progress, NULL), 0, "has good points");
	ok(seen.last == tails_points(size) && !seen.back, "all of them were looked at");
	ok(tails_at(&t, tails_points(size)) == NULL, "there is no slot past the end");
}

static void
test_slices(const struct made *m)
{
	CLEANUP(tails_release) struct tails t = TAILS_INIT;
	uint8_t point[TAILS_POINT];
	struct g2_affine bad;
	struct err e = ERR_INIT;

	is_int(tails_sparse(&t, ACCUM_SIZE_MAX + 1, &e), -1, "slices of a registry that is too large");
	is_int(tails_sparse(&t, SIZE, &e), 0, "slices");
	for (uint32_t i = 200; i > 0; i--) {
		uint32_t slot = i * 7 % 211;

		if (tails_add(&t, slot, m->bytes + tails_offset(slot), &e) == -1)
			ok(false, "slot %u: %s", slot, e.msg);
	}
	ok(tails_add(&t, 7, m->bytes + tails_offset(7), &e) == 0 && t.n_slots == 200, "once more is not twice");
	is_mem(tails_at(&t, 7), m->bytes + tails_offset(7), TAILS_POINT, "a slot is found");
	ok(tails_at(&t, 0) == NULL && tails_at(&t, 212) == NULL, "others are not there");
	is_int(tails_add(&t, 2 * SIZE + 1, m->bytes + 2, &e), -1, "past the end");
	memcpy(point, m->bytes + 2, TAILS_POINT);
	point[5] ^= 1;
	is_int(tails_add(&t, 0, point, &e), -1, "off the curve");
	is_int(e.code, ERR_TAILS_MISMATCH, "as a mismatch");
	stray(&bad);
	wire_g2_affine_bytes(point, &bad);
	is_int(tails_add(&t, 0, point, &e), -1, "outside the group");
	ok(tails_at(&t, 0) == NULL, "and was not taken");
}

int
main(void)
{
	struct made large, little;

	made_init(&large, SIZE);
	made_init(&little, 9);
	test_layout();
	test_points(&large);
	test_helpers(&large);
	test_killed_helper(&large);
	test_killed_parent(&little);
	test_no_room(&large);
	test_good(&large, SIZE);
	test_good(&little, 9);
	test_hostile(&little, 9);
	test_opposites(&large);
	test_slices(&large);
	made_release(&large);
	made_release(&little);
	if (!vec_missing())
		test_refgen();
	return done_testing();
}
