#include "turnstile.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../base/cleanup.h"

#define SEALS	(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

static uint64_t
turn(uint32_t begun, uint32_t granted)
{
	return (uint64_t)begun << 32 | granted;
}

static uint32_t
begun_of(uint64_t t)
{
	return (uint32_t)(t >> 32);
}

static uint32_t
granted_of(uint64_t t)
{
	return (uint32_t)t;
}

struct turnstile *
turnstile_open(int fd, struct err *e)
{
	void *p = mmap(NULL, sizeof(struct turnstile), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);

	if (p == MAP_FAILED) {
		err_sys(e, "turnstile");
		return NULL;
	}
	return p;
}

struct turnstile *
turnstile_new(int *fd, struct err *e)
{
	CLEANUP(cleanup_close) int f = memfd_create("turnstile", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct turnstile *t;

	if (f == -1 || ftruncate(f, sizeof(*t)) == -1 || fcntl(f, F_ADD_SEALS, SEALS) == -1) {
		err_sys(e, "turnstile");
		return NULL;
	}
	t = turnstile_open(f, e);
	if (t == NULL)
		return NULL;
	*fd = f;
	f = -1;
	return t;
}

void
turnstile_close(struct turnstile **t)
{
	if (*t != NULL)
		munmap(STEAL(*t), sizeof(struct turnstile));
}

void
turnstile_grant(struct turnstile *t, uint32_t seq)
{
	uint64_t old = atomic_load(&t->turn);

	while (!atomic_compare_exchange_weak(&t->turn, &old, turn(begun_of(old), seq)))
		continue;
}

/* The floor is raised before a later grant can make the old numbers look good. */
uint32_t
turnstile_revoke(struct turnstile *t, uint32_t last)
{
	uint64_t old = atomic_load(&t->turn);

	while (!atomic_compare_exchange_weak(&t->turn, &old, turn(begun_of(old), begun_of(old))))
		continue;
	atomic_store(&t->floor, last);
	return begun_of(old) < last ? begun_of(old) : last;
}

uint32_t
turnstile_running(const struct turnstile *t, uint32_t last)
{
	uint32_t begun = begun_of(atomic_load(&t->turn));

	if (begun > last)
		begun = last;
	return atomic_load(&t->ended) >= begun ? 0 : begun;
}

/* The exchange fails if anything was granted or taken back since the two looks. */
bool
turnstile_begin(struct turnstile *t, uint32_t seq)
{
	uint64_t old = atomic_load(&t->turn);

	do {
		if (seq > granted_of(old) || seq <= atomic_load(&t->floor))
			return false;
	} while (!atomic_compare_exchange_weak(&t->turn, &old, turn(seq, granted_of(old))));
	return true;
}

void
turnstile_end(struct turnstile *t, uint32_t seq)
{
	atomic_store(&t->ended, seq);
}
