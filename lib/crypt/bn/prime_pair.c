/* prime_pair of prime.h: searches in several processes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../base/cleanup.h"
#include "../../base/clock.h"
#include "prime.h"

#define HELPERS_MAX	64
#define BUDGET		16	/* candidates between looks, some 5 ms */
#define TELL_US		100000
#define HALF_BYTES	(PRIME_BITS_MAX / 8)	/* below PIPE_BUF: in one piece */

/* Two primes are asked of the searches of this process and its helpers. */
struct pair {
	unsigned bits, wanted, n_helpers;
	struct bn *found[2];
	int	read_fd, write_fd;
	pid_t	pid[HELPERS_MAX];
	atomic_uint_least64_t *count;	/* shared: candidates of each helper */
	struct prime_search *search;
	const struct prime_watch *watch;
	int64_t	told_us;
};

static void
pair_release(struct pair *p)
{
	for (unsigned i = 0; i < p->n_helpers; i++)
		kill(p->pid[i], SIGKILL);
	for (unsigned i = 0; i < p->n_helpers; i++)
		while (waitpid(p->pid[i], NULL, 0) == -1 && errno == EINTR)
			continue;
	cleanup_close(&p->read_fd);
	cleanup_close(&p->write_fd);
	if (p->count != NULL)
		munmap(p->count, HELPERS_MAX * sizeof(*p->count));
	prime_search_free(p->search);
}

/* A helper: prime after prime into the pipe, until it is killed. */
__attribute__((noreturn)) static void
helper_run(struct pair *p, unsigned i, pid_t parent)
{
	CLEANUP(bn_release) struct bn half = BN_INIT;
	uint8_t record[HALF_BYTES];

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
		_exit(111);
	for (;;) {
		int found = prime_search_step(p->search, BUDGET, &half);

		atomic_store_explicit(&p->count[i],
		    prime_search_candidates(p->search), memory_order_relaxed);
		if (found == 0)
			continue;
		bn_to_bytes(&half, record, sizeof(record));
		if (write(p->write_fd, record, sizeof(record)) !=
		    (ssize_t)sizeof(record))
			_exit(111);
	}
}

static int
helpers_start(struct pair *p, unsigned n, struct err *e)
{
	pid_t parent = getpid();
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1)
		return err_sys(e, "pipe");
	p->read_fd = fds[0];
	p->write_fd = fds[1];
	p->count = mmap(NULL, HELPERS_MAX * sizeof(*p->count),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p->count == MAP_FAILED) {
		p->count = NULL;
		return err_sys(e, "mmap");
	}
	for (unsigned i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid == -1)
			return err_sys(e, "fork");
		if (pid == 0)
			helper_run(p, i, parent);
		p->pid[p->n_helpers++] = pid;
	}
	cleanup_close(&p->write_fd);	/* the helpers have it */
	p->write_fd = -1;
	return 0;
}

static void
keep(struct pair *p, struct bn *half)
{
	if (p->wanted == 1 && bn_eq(half, p->found[0]))
		return;
	bn_swap(p->found[2 - p->wanted], half);
	p->wanted--;
}

/* A prime that a helper has found meanwhile. */
static int
collect(struct pair *p, struct err *e)
{
	struct pollfd fd = { .fd = p->read_fd, .events = POLLIN };
	CLEANUP(bn_release) struct bn half = BN_INIT;
	uint8_t record[HALF_BYTES];
	ssize_t n;

	while (p->wanted > 0 && p->read_fd != -1) {
		if (poll(&fd, 1, 0) <= 0)
			return 0;
		n = read(p->read_fd, record, sizeof(record));
		if (n == -1 && errno == EINTR)
			continue;
		if (n == 0) {	/* no helper is left: we go on alone */
			cleanup_close(&p->read_fd);
			p->read_fd = -1;
			return 0;
		}
		if (n != (ssize_t)sizeof(record))
			return err_sys(e, "a prime from a helper");
		bn_from_bytes(&half, record, sizeof(record));
		explicit_bzero(record, sizeof(record));
		keep(p, &half);
	}
	return 0;
}

static int
tell(struct pair *p, struct err *e)
{
	uint64_t sum = prime_search_candidates(p->search);
	int64_t now = clock_mono_us();

	if (p->watch == NULL || now - p->told_us < TELL_US)
		return 0;
	p->told_us = now;
	for (unsigned i = 0; i < p->n_helpers; i++)
		sum += atomic_load_explicit(&p->count[i], memory_order_relaxed);
	if (!p->watch->seen(p->watch->arg, sum))
		return err_set(e, ERR_CANCELLED, "while primes were searched");
	return 0;
}

int
prime_pair(struct bn *p_half, struct bn *q_half, unsigned bits,
    unsigned helpers, const struct prime_watch *watch, struct err *e)
{
	CLEANUP(bn_release) struct bn half = BN_INIT;
	CLEANUP(bn_release) struct bn first = BN_INIT;
	CLEANUP(bn_release) struct bn second = BN_INIT;
	CLEANUP(pair_release) struct pair p = { .bits = bits, .wanted = 2,
		.found = { &first, &second }, .read_fd = -1, .write_fd = -1,
		.watch = watch, .told_us = clock_mono_us() };

	p.search = prime_search_new(bits, e);
	if (p.search == NULL)
		return -1;
	if (helpers > HELPERS_MAX)
		helpers = HELPERS_MAX;
	if (helpers > 0 && helpers_start(&p, helpers, e) == -1)
		return -1;
	while (p.wanted > 0) {
		if (prime_search_step(p.search, BUDGET, &half) == 1)
			keep(&p, &half);
		if (collect(&p, e) == -1 || tell(&p, e) == -1)
			return -1;
	}
	bn_swap(p_half, &first);
	bn_swap(q_half, &second);
	return 0;
}
