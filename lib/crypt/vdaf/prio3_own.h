#ifndef VDAF_PRIO3_OWN_H
#define VDAF_PRIO3_OWN_H
#include "flp.h"
#include "prio3.h"
/* What the files of Prio3 share: sizes in bytes of what one report has. */

/* prio3_bytes(p, n): of n elements. */
static inline size_t
prio3_bytes(const struct prio3 *p, size_t n)
{
	return n * p->flp->field->bytes;
}

static inline size_t
prio3_meas_bytes(const struct prio3 *p)
{
	return prio3_bytes(p, p->flp->meas_len);
}

static inline size_t
prio3_proofs_bytes(const struct prio3 *p)
{
	return prio3_bytes(p, p->param.proofs * p->flp->proof_len);
}

static inline size_t
prio3_joint_bytes(const struct prio3 *p)
{
	return prio3_bytes(p, p->param.proofs * p->flp->joint_rand_len);
}

static inline size_t
prio3_query_bytes(const struct prio3 *p)
{
	return prio3_bytes(p, p->param.proofs * p->flp->query_rand_len);
}

static inline size_t
prio3_prove_bytes(const struct prio3 *p)
{
	return prio3_bytes(p, p->param.proofs * p->flp->prove_rand_len);
}

static inline size_t
prio3_verifiers_bytes(const struct prio3 *p)
{
	return prio3_bytes(p, p->param.proofs * p->flp->verifier_len);
}

static inline bool
prio3_joint(const struct prio3 *p)
{
	return p->flp->joint_rand_len > 0;
}

/* prio3_take(&room, n): the next n bytes of a room, aligned to 16. */
static inline void *
prio3_take(uint8_t **room, size_t n)
{
	uint8_t *p = *room;

	*room += (n + 15) / 16 * 16;
	return p;
}
#endif
