#ifndef PRIO1_LEDGER_FILE_H
#define PRIO1_LEDGER_FILE_H
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "../crypt/sha256.h"
/*
 * Files of a ledger's folder; for ledger*.c only.
 *
 * <day>.<owner>.<part>.<piece>.seen	sorted digests that a part claimed
 * <day>.many				sorted claims of many parts and owners
 *
 * A merged claim still says whose it is, so merging changes no answer: a part that is
 * claimed again leaves its own claims out, wherever they are.
 */
#define PRIO_OWNER_MAX	64
#define PRIO_SEEN_FORM	"%06" PRId64 ".%s.%06u.%04u.seen"
#define PRIO_MANY_FORM	"%06" PRId64 ".many"
#define PRIO_SEEN_NAME	(PRIO_OWNER_MAX + 64)	/* bytes of a name, with NUL */
struct prio_seen_name {
	int64_t	day;
	bool	many;
	char	owner[PRIO_OWNER_MAX + 1];	/* these: not many */
	unsigned part, piece;
};
bool prio_seen_parse(struct prio_seen_name *out, const char *name);	/* false: no file of ours */

#define PRIO_TAG_LEN	8	/* of an owner: the first bytes of its name's SHA-256 */
struct prio_claim {		/* in a merged file; memcmp gives the order */
	uint8_t	id[SHA256_LEN], owner[PRIO_TAG_LEN], part[4];	/* big-endian */
};
void prio_claim_owner(uint8_t tag[PRIO_TAG_LEN], const char *owner);
unsigned prio_claim_part(const struct prio_claim *c);

/* n records of size bytes each, read-only; NULL when there are none. */
struct prio_mapped { uint8_t *p; size_t n, size; };
/* prio_map(m, folder, name, size, e): ERR_CONFIG: a length that no such file has. */
int prio_map(struct prio_mapped *m, int folder, const char *name, size_t size, struct err *e);
void prio_unmap(struct prio_mapped *m);
/* prio_write_whole(fd, p, n, e): all of it; not synced. */
int prio_write_whole(int fd, const void *p, size_t n, struct err *e);
#endif
