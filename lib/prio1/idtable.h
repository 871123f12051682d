#ifndef PRIO1_IDTABLE_H
#define PRIO1_IDTABLE_H
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "../crypt/sha256.h"
/*
 * Records of a file by the SHA-256 of their ids, of which 16 bytes are kept, each
 * with a value of fixed size.  At most PRIO_RECORDS_MAX.
 */
struct prio_ids {
	uint32_t *slot;		/* index + 1 of an entry; 0: free */
	size_t	slots, n, cap, value_size;
	uint8_t	*entry;		/* digest, value */
};
#define PRIO_IDS_INIT(size) { .value_size = (size) }
void prio_ids_release(struct prio_ids *t);	/* for CLEANUP; wipes */
/* prio_ids_put(t, id, value, e): 1 and *value points to a new value, of zeros; 0 and to the one that
 * is there; -1 ERR_LIMIT.  It moves at the next put. */
int prio_ids_put(struct prio_ids *t, const uint8_t id[SHA256_LEN], uint8_t **value, struct err *e);
/* prio_ids_find(t, id): the value, or NULL. */
uint8_t *prio_ids_find(const struct prio_ids *t, const uint8_t id[SHA256_LEN]);
#endif
