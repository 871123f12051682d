#ifndef PRIO1_FILTER_H
#define PRIO1_FILTER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../crypt/sha256.h"
/*
 * A Bloom filter over SHA-256 digests: what it does not have is in none of the files
 * that were put into it, and none of them need be searched.  It says yes to one digest
 * of 400 that was never put while it has room; past PRIO_FILTER_MAX digests, where its
 * memory ends, to more and more of them, which costs searches and no answer.
 * Source: B. H. Bloom, Space/Time Trade-offs in Hash Coding with Allowable Errors, 1970.
 */
#define PRIO_FILTER_MAX	(1u << 23)	/* digests: 16 MiB */
struct prio_filter {
	uint64_t *word;
	size_t	bits;		/* a power of two; 0: nothing was put */
	size_t	n;		/* digests that were put */
};
#define PRIO_FILTER_INIT { .bits = 0 }
void prio_filter_release(struct prio_filter *f);
/* prio_filter_make(f, n): empty, with room for n digests, or as many as there may be; what it had is gone. */
void prio_filter_make(struct prio_filter *f, size_t n);
/* prio_filter_full(f, more): would more digests want a larger one? */
bool prio_filter_full(const struct prio_filter *f, size_t more);
void prio_filter_put(struct prio_filter *f, const uint8_t id[SHA256_LEN]);
bool prio_filter_has(const struct prio_filter *f, const uint8_t id[SHA256_LEN]);
#endif
