#ifndef ACCUM_LIST_H
#define ACCUM_LIST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../../base/err.h"
/*
 * Which indices of a registry are revoked: a RevocationStatusList without its
 * JSON.  A registry of size L (maxCredNum) has a list of L bits, one for each
 * index 0..L-1.  Index 0 is never used; L cannot be represented, so credentials
 * have 1..L-1.  Yet L counts in the accumulator of a registry that issues by
 * default.  On demand, a set bit is "revoked or not issued yet".
 * Source: specification 3.5, 3.6.
 */
#define ACCUM_SIZE_MIN	2
#define ACCUM_SIZE_MAX	1000000

enum accum_issuance { ACCUM_BY_DEFAULT, ACCUM_ON_DEMAND };

struct accum_list {
	uint32_t size;			/* L */
	enum accum_issuance issuance;
	uint8_t	*bits;			/* index j: byte j / 8, bit j % 8 from the low end, as get_bit(bytea, j) */
};
#define ACCUM_LIST_INIT	{ .bits = NULL }
#define ACCUM_LIST_BYTES(size)	(((size_t)(size) + 7) / 8)

/*
 * accum_list_new(list, size, issuance, e): as a registry begins: nothing revoked
 * (by default), or everything (on demand; index 0 too, as others write it).
 * Returns 0, or -1 with ERR_STRUCTURE for a size out of MIN..MAX.
 */
int accum_list_new(struct accum_list *list, uint32_t size, enum accum_issuance issuance, struct err *e);
/* accum_list_read(list, size, issuance, bits, n, e): from stored bits; n must be
 * ACCUM_LIST_BYTES(size) and the bits past the end 0, else ERR_STRUCTURE. */
int accum_list_read(struct accum_list *list, uint32_t size, enum accum_issuance issuance,
    const void *bits, size_t n, struct err *e);
void accum_list_copy(struct accum_list *out, const struct accum_list *list);
void accum_list_release(struct accum_list *list);	/* safe on zeroed */

/* accum_list_revoked(list, j), accum_list_set(list, j, revoked): j below size. */
bool accum_list_revoked(const struct accum_list *list, uint32_t j);
void accum_list_set(struct accum_list *list, uint32_t j, bool revoked);
/* accum_list_counts(list, j): whether j, 0..size, is in the accumulator. */
bool accum_list_counts(const struct accum_list *list, uint32_t j);
/* accum_list_equal(a, b): same size, issuance and used indices. */
bool accum_list_equal(const struct accum_list *a, const struct accum_list *b);

/*
 * What changes from one list to another; each part ascending, without repeats,
 * indices 1..size-1 only.
 */
struct accum_delta {
	uint32_t *issued, *revoked;	/* 1 to 0, and 0 to 1 */
	size_t	n_issued, n_revoked;
};
#define ACCUM_DELTA_INIT { .issued = NULL }
void accum_delta_release(struct accum_delta *d);	/* safe on zeroed */
/*
 * accum_delta_between(d, from, to, e): from NULL is how the registry began, which
 * is what a legacy delta without prevAccum tells.  ERR_STRUCTURE when size or
 * issuance differ.
 */
int accum_delta_between(struct accum_delta *d, const struct accum_list *from,
    const struct accum_list *to, struct err *e);
/*
 * accum_delta_of(d, list, indices, n, revoke, e): what a call to revoke (else to
 * un-revoke or issue) these indices changes, in any order.
 *
 * Returns 0, or -1: ERR_REVOCATION_ID (out of 1..size-1, twice, or to un-revoke
 * what is not revoked), ERR_REVOKED (to revoke what is).
 */
int accum_delta_of(struct accum_delta *d, const struct accum_list *list, const uint32_t *indices,
    size_t n, bool revoke, struct err *e);
/*
 * accum_delta_apply(list, d, e): d as it came (a legacy delta of outside, any
 * order): ERR_REVOCATION_ID for an index out of range or that stands there twice,
 * and the list stays as it was.  An index in that state already is no error.
 */
int accum_delta_apply(struct accum_list *list, const struct accum_delta *d, struct err *e);
#endif
