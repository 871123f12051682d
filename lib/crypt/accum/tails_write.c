#include "tails.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../base/cleanup.h"
#include "../../base/fault.h"
#include "../bn254/g2_comb.h"
#include "../bn254/wire.h"

/*
 * The points are made in batches.  Each process takes the next batch that nobody
 * has (a counter in shared memory), computes it, writes it where it belongs in
 * the file and tells the first process by its number in a pipe.  That one hashes
 * the batches in their order, from the file, as far as they are there.  What a
 * helper took and did not tell when it ended, the first process does again: a
 * helper that is killed costs time only.
 */
#define BATCH		G2_COMB_MAX
#define BATCHES_MAX	((2 * ACCUM_SIZE_MAX + 1 + BATCH - 1) / BATCH)

_Static_assert(BATCHES_MAX * sizeof(uint32_t) <= 65536, "a pipe holds every notice");

struct write {
	int	fd;
	uint32_t size, points, batches;
	const struct fr *gamma;
	struct g2_comb *comb;
	struct g2_comb_room *room;
	struct fr k[BATCH];			/* secret */
	struct g2_affine point[BATCH];
	uint8_t	bytes[BATCH * TAILS_POINT];
	_Atomic uint32_t *next;			/* shared */
	pid_t	helper[TAILS_HELPERS_MAX];
	unsigned helpers;
	int	notices[2];
	bool	done[BATCHES_MAX];
	uint32_t hashed, n_done;		/* batches; points */
	struct sha256 sha;
	const struct tails_progress *progress;
};

static void
write_free(struct write **pw)
{
	struct write *w = *pw;

	if (w == NULL)
		return;
	for (unsigned i = 0; i < w->helpers; i++) {
		kill(w->helper[i], SIGKILL);
		while (waitpid(w->helper[i], NULL, 0) == -1 && errno == EINTR)
			;
	}
	cleanup_close(&w->notices[0]);
	cleanup_close(&w->notices[1]);
	if (w->next != MAP_FAILED)
		munmap(w->next, sizeof(*w->next));
	sha256_release(&w->sha);
	g2_comb_free(&w->comb);
	g2_comb_room_free(&w->room);
	sodium_memzero(w->k, sizeof(w->k));
	free(w);
}

static struct write *
write_new(int fd, const struct g2 *g_dash, uint32_t size, const struct fr *gamma)
{
	struct write *w = calloc(1, sizeof(*w));

	if (w == NULL)
		abort();
	w->fd = fd;
	w->size = size;
	w->points = tails_points(size);
	w->batches = (w->points + BATCH - 1) / BATCH;
	w->gamma = gamma;
	w->comb = g2_comb_new(g_dash);
	w->room = g2_comb_room_new();
	w->notices[0] = w->notices[1] = -1;
	w->next = mmap(NULL, sizeof(*w->next), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sha256_init(&w->sha);
	return w;
}

static size_t
batch_points(const struct write *w, uint32_t batch)
{
	uint32_t first = batch * BATCH;

	return w->points - first < BATCH ? w->points - first : BATCH;
}

static int
write_at(int fd, const uint8_t *p, size_t n, uint64_t offset, struct err *e)
{
	while (n > 0) {
		ssize_t k = pwrite(fd, p, n, (off_t)offset);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "write tails");
		p += k;
		n -= (size_t)k;
		offset += (uint64_t)k;
	}
	return 0;
}

static int
read_at(int fd, uint8_t *p, size_t n, uint64_t offset, struct err *e)
{
	while (n > 0) {
		ssize_t k = pread(fd, p, n, (off_t)offset);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "read tails back");
		if (k == 0)
			return err_set(e, ERR_INTERNAL, "tails shrank while they were written");
		p += k;
		n -= (size_t)k;
		offset += (uint64_t)k;
	}
	return 0;
}

/* The powers of gamma from the first slot of a batch on; slot L + 1 gets 1. */
static void
powers(struct write *w, uint32_t first, size_t n)
{
	CLEANUP(fr_wipe) struct fr power;

	fr_pow(&power, w->gamma, first);
	for (size_t i = 0; i < n; i++) {
		w->k[i] = first + i == w->size + 1 ? fr_one : power;
		fr_mul(&power, &power, w->gamma);
	}
}

static int
batch_make(struct write *w, uint32_t batch, struct err *e)
{
	uint32_t first = batch * BATCH;
	size_t n = batch_points(w, batch);

	powers(w, first, n);
	g2_comb_mul(w->comb, w->point, w->k, n, w->room);
	for (size_t i = 0; i < n; i++)
		wire_g2_affine_bytes(w->bytes + i * TAILS_POINT, &w->point[i]);
	return write_at(w->fd, w->bytes, n * TAILS_POINT, tails_offset(first), e);
}

/* Takes batches while there are some.  Whatever goes wrong here the first process
 * meets again, and says. */
static void
help(struct write *w)
{
	uint32_t batch;

	while ((batch = (*w->next)++) < w->batches) {
		if (batch_make(w, batch, NULL) == -1)
			break;
		FAULT_POINT(CRED_TAILS_HELPER);
		if (write(w->notices[1], &batch, sizeof(batch)) != sizeof(batch))
			break;
	}
}

static void
helper_main(struct write *w, pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent)
		help(w);
	sodium_memzero(w->k, sizeof(w->k));
	g2_comb_room_free(&w->room);
	_exit(0);
}

/* As many helpers as can be had. */
static int
helpers_start(struct write *w, unsigned n, struct err *e)
{
	pid_t self = getpid();

	if (pipe2(w->notices, O_CLOEXEC | O_NONBLOCK) == -1)
		return err_sys(e, "a pipe for helpers");
	for (unsigned i = 0; i < n && i + 1 < w->batches; i++) {
		pid_t pid = fork();

		if (pid == 0)
			helper_main(w, self);
		if (pid == -1)
			break;
		w->helper[w->helpers++] = pid;
	}
	cleanup_close(&w->notices[1]);
	return 0;
}

/* Hashes what is there in order, and says how far it is. */
static int
batch_done(struct write *w, uint32_t batch, struct err *e)
{
	FAULT_POINT(CRED_TAILS);
	w->done[batch] = true;
	w->n_done += (uint32_t)batch_points(w, batch);
	for (; w->hashed < w->batches && w->done[w->hashed]; w->hashed++) {
		size_t n = batch_points(w, w->hashed) * TAILS_POINT;

		if (read_at(w->fd, w->bytes, n, tails_offset(w->hashed * BATCH), e) == -1)
			return -1;
		sha256_update(&w->sha, w->bytes, n);
	}
	if (w->progress != NULL && w->progress->fn != NULL)
		w->progress->fn(w->progress->arg, w->n_done, w->points);
	return 0;
}

/* Takes the notices that are there: 1, 0 when all helpers have ended, or -1. */
static int
notices_take(struct write *w, struct err *e)
{
	uint32_t batch;

	for (;;) {
		ssize_t n = read(w->notices[0], &batch, sizeof(batch));

		if (n == 0)
			return 0;
		if (n == -1 && errno == EAGAIN)
			return 1;
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_sys(e, "hear helpers");
		if (n != sizeof(batch) || batch >= w->batches || w->done[batch])
			return err_set(e, ERR_INTERNAL, "a helper told nonsense");
		if (batch_done(w, batch, e) == -1)
			return -1;
	}
}

static int
helpers_wait(struct write *w, struct err *e)
{
	struct pollfd p = { .fd = w->notices[0], .events = POLLIN };
	int rc;

	while ((rc = notices_take(w, e)) == 1) {
		if (poll(&p, 1, -1) == -1 && errno != EINTR)
			return err_sys(e, "wait for helpers");
	}
	return rc;
}

static int
batches_make(struct write *w, struct err *e)
{
	uint32_t batch;

	while ((batch = (*w->next)++) < w->batches) {
		if (batch_make(w, batch, e) == -1 || batch_done(w, batch, e) == -1 ||
		    notices_take(w, e) == -1)
			return -1;
	}
	if (helpers_wait(w, e) == -1)
		return -1;
	for (batch = w->hashed; batch < w->batches; batch++) {
		if (!w->done[batch] &&
		    (batch_make(w, batch, e) == -1 || batch_done(w, batch, e) == -1))
			return -1;
	}
	return 0;
}

int
tails_write(int fd, const struct g2 *g_dash, uint32_t size, const struct fr *gamma, unsigned helpers,
    const struct tails_progress *progress, uint8_t sha256[SHA256_LEN], struct err *e)
{
	static const uint8_t head[TAILS_HEAD] = { 0, 2 };
	CLEANUP(write_free) struct write *w = NULL;

	if (size < ACCUM_SIZE_MIN || size > ACCUM_SIZE_MAX)
		return err_set(e, ERR_STRUCTURE, "a registry has %d to %d indices, not %u",
		    ACCUM_SIZE_MIN, ACCUM_SIZE_MAX, size);
	w = write_new(fd, g_dash, size, gamma);
	w->progress = progress;
	if (w->next == MAP_FAILED)
		return err_sys(e, "memory to share with helpers");
	if (write_at(fd, head, sizeof(head), 0, e) == -1)
		return -1;
	sha256_update(&w->sha, head, sizeof(head));
	if (helpers_start(w, helpers < TAILS_HELPERS_MAX ? helpers : TAILS_HELPERS_MAX, e) == -1 ||
	    batches_make(w, e) == -1)
		return -1;
	sha256_final(&w->sha, sha256);
	return 0;
}
