#include "ledger_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/cleanup.h"

bool
prio_seen_parse(struct prio_seen_name *out, const char *name)
{
	struct prio_seen_name n = { .many = false };
	char again[PRIO_SEEN_NAME];

	if (sscanf(name, "%6" SCNd64 ".%64[0-9a-f].%6u.%4u.seen", &n.day, n.owner, &n.part, &n.piece) == 4) {
		snprintf(again, sizeof(again), PRIO_SEEN_FORM, n.day, n.owner, n.part, n.piece);
	} else if (sscanf(name, "%6" SCNd64 ".many", &n.day) == 1) {
		n.many = true;
		snprintf(again, sizeof(again), PRIO_MANY_FORM, n.day);
	} else {
		return false;
	}
	*out = n;
	return n.day >= 0 && strcmp(again, name) == 0;
}

void
prio_claim_owner(uint8_t tag[PRIO_TAG_LEN], const char *owner)
{
	uint8_t sum[SHA256_LEN];

	sha256(sum, owner, strlen(owner));
	memcpy(tag, sum, PRIO_TAG_LEN);
}

unsigned
prio_claim_part(const struct prio_claim *c)
{
	return (unsigned)c->part[0] << 24 | (unsigned)c->part[1] << 16 | (unsigned)c->part[2] << 8 | c->part[3];
}

int
prio_map(struct prio_mapped *m, int folder, const char *name, size_t size, struct err *e)
{
	CLEANUP(cleanup_close) int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd == -1 || fstat(fd, &st) == -1)
		return err_sys(e, "ledger: %s", name);
	if ((size_t)st.st_size % size != 0)
		return err_set(e, ERR_CONFIG, "ledger: %s: %lld bytes are no list of claims", name, (long long)st.st_size);
	*m = (struct prio_mapped){ .size = size };
	if (st.st_size == 0)
		return 0;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return err_sys(e, "ledger: %s", name);
	m->p = p;
	m->n = (size_t)st.st_size / size;
	return 0;
}

void
prio_unmap(struct prio_mapped *m)
{
	if (m->n > 0)
		munmap(m->p, m->n * m->size);
	*m = (struct prio_mapped){ .n = 0 };
}

int
prio_write_whole(int fd, const void *p, size_t n, struct err *e)
{
	const char *at = p;

	while (n > 0) {
		ssize_t k = write(fd, at, n);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "ledger: write");
		at += k;
		n -= (size_t)k;
	}
	return 0;
}
