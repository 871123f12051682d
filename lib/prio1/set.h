#ifndef PRIO1_SET_H
#define PRIO1_SET_H
#include <stddef.h>
#include <stdint.h>
#include "../crypt/sha256.h"
/*
 * A set of record ids, known by its size and the XOR of their SHA-256 digests:
 * two servers that accepted the same records have equal ones, in any order and
 * any division into parts.  Source: aggregate service, 2.10.
 */
struct prio_set {
	int64_t	count;
	uint8_t	checksum[SHA256_LEN];
};
#define PRIO_SET_INIT	{ .count = 0 }
void prio_set_add(struct prio_set *s, const void *id, size_t n);	/* once per record */
void prio_set_merge(struct prio_set *s, const struct prio_set *other);	/* disjoint ones */
#endif
