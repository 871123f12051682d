#include "registry.h"

#include <sodium.h>
#include <stdlib.h>

#include "../../base/cleanup.h"
#include "../bn254/pairing.h"

void
accum_registry_z(struct gt *z, const struct accum_pub *pk, uint32_t size, const struct fr *gamma)
{
	CLEANUP(fr_wipe) struct fr k;
	struct g1 g;	/* in G1 the power tells nobody how to forge a witness in G2, yet it is wiped */

	fr_pow(&k, gamma, (uint64_t)size + 1);
	g1_mul(&g, &pk->g, &k);
	pairing(z, &g, &pk->g_dash);
	sodium_memzero(&g, sizeof(g));
}

void
accum_registry_value(struct g2 *acc, const struct accum_pub *pk, const struct accum_list *list,
    const struct fr *gamma)
{
	CLEANUP(fr_wipe) struct fr power = fr_one, sum = fr_zero;

	for (uint32_t j = list->size; j >= 1; j--) {
		fr_mul(&power, &power, gamma);		/* gamma^(L + 1 - j) */
		if (accum_list_counts(list, j))
			fr_add(&sum, &sum, &power);
	}
	g2_mul(acc, &pk->g_dash, &sum);
}

/*
 * Powers of gamma from 0 to STEP^2 - 1 for a multiplication each: 2,000 for the
 * table, where a power by fr_pow costs 100.
 */
#define STEP 1024
struct powers {
	struct fr low[STEP], high[STEP];	/* gamma^i, gamma^(STEP * i); secret */
};

_Static_assert((uint64_t)STEP * STEP > ACCUM_SIZE_MAX + 1, "powers up to L + 1");

static void
powers_free(struct powers **p)
{
	sodium_memzero(*p, sizeof(**p));
	free(*p);
}

static struct powers *
powers_new(const struct fr *gamma)
{
	struct powers *p = malloc(sizeof(*p));
	CLEANUP(fr_wipe) struct fr step;

	if (p == NULL)
		abort();
	fr_pow(&step, gamma, STEP);
	p->low[0] = p->high[0] = fr_one;
	for (size_t i = 1; i < STEP; i++) {
		fr_mul(&p->low[i], &p->low[i - 1], gamma);
		fr_mul(&p->high[i], &p->high[i - 1], &step);
	}
	return p;
}

/* Adds gamma^(L + 1 - j) for each of n indices j. */
static void
add_powers(struct fr *sum, const struct powers *p, uint32_t size, const uint32_t *indices, size_t n)
{
	CLEANUP(fr_wipe) struct fr power;

	for (size_t i = 0; i < n; i++) {
		uint32_t k = size + 1 - indices[i];

		fr_mul(&power, &p->low[k % STEP], &p->high[k / STEP]);
		fr_add(sum, sum, &power);
	}
}

void
accum_registry_change(struct g2 *acc, const struct accum_pub *pk, uint32_t size,
    const struct fr *gamma, const struct accum_delta *d)
{
	CLEANUP(powers_free) struct powers *p = powers_new(gamma);
	CLEANUP(fr_wipe) struct fr issued = fr_zero, revoked = fr_zero;
	struct g2 change;

	add_powers(&issued, p, size, d->issued, d->n_issued);
	add_powers(&revoked, p, size, d->revoked, d->n_revoked);
	fr_sub(&issued, &issued, &revoked);
	g2_mul(&change, &pk->g_dash, &issued);
	g2_add(acc, acc, &change);
}

void
accum_registry_witness(struct g2 *w, const struct accum_pub *pk, uint32_t size,
    const struct fr *gamma, const struct g2 *acc, uint32_t index)
{
	CLEANUP(fr_wipe) struct fr k;
	struct g2 own, others;

	fr_pow(&k, gamma, (uint64_t)size + 1 - index);
	g2_mul(&own, &pk->g_dash, &k);
	g2_sub(&others, acc, &own);
	fr_pow(&k, gamma, index);
	g2_mul(w, &others, &k);
}
