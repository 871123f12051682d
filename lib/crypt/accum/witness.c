#include "witness.h"

#include "../../base/cleanup.h"
#include "../bn254/g2_sum.h"
#include "../bn254/wire.h"

uint32_t
accum_witness_slot(uint32_t size, uint32_t index, uint32_t j)
{
	return size + 1 - j + index;
}

static int
fit_check(uint32_t index, uint32_t size, const struct tails *t, struct err *e)
{
	if (index == 0 || index >= size)
		return err_set(e, ERR_REVOCATION_ID, "index %u is not one of 1 to %u", index, size - 1);
	if (t->size != size)
		return err_set(e, ERR_TAILS_MISMATCH, "tails of %u indices for a registry of %u", t->size, size);
	return 0;
}

/* Adds, or takes away, the point that j brings to the witness of index. */
static int
sum_add(struct g2_sum *sum, const struct tails *t, uint32_t index, uint32_t j, bool minus, struct err *e)
{
	uint32_t slot = accum_witness_slot(t->size, index, j);
	const uint8_t *bytes = tails_at(t, slot);
	struct g2_affine point;

	if (bytes == NULL)
		return err_set(e, ERR_TAILS_MISMATCH, "slot %u is not there", slot);
	if (wire_g2_affine_read(&point, bytes) == -1)
		return err_set(e, ERR_TAILS_MISMATCH, "slot %u is no point", slot);
	g2_sum_add(sum, &point, minus);
	return 0;
}

int
accum_witness_new(struct g2 *w, uint32_t index, const struct accum_list *list, const struct tails *t,
    struct err *e)
{
	CLEANUP(g2_sum_free) struct g2_sum *sum = NULL;

	if (fit_check(index, list->size, t, e) == -1)
		return -1;
	if (!accum_list_counts(list, index))
		return err_set(e, ERR_REVOKED, "index %u is revoked", index);
	sum = g2_sum_new();
	for (uint32_t j = list->size; j >= 1; j--) {	/* the file from its low end */
		if (j != index && accum_list_counts(list, j) &&
		    sum_add(sum, t, index, j, false, e) == -1)
			return -1;
	}
	g2_sum_total(sum, w);
	return 0;
}

/* One part of a delta; j = index would need slot L + 1, and changes nothing. */
static int
sum_part(struct g2_sum *sum, const struct tails *t, uint32_t index, const uint32_t *part, size_t n,
    bool minus, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (part[i] == 0 || part[i] >= t->size)
			return err_set(e, ERR_REVOCATION_ID, "index %u is not one of 1 to %u",
			    part[i], t->size - 1);
		if (part[i] != index && sum_add(sum, t, index, part[i], minus, e) == -1)
			return -1;
	}
	return 0;
}

int
accum_witness_update(struct g2 *w, uint32_t index, uint32_t size, const struct accum_delta *d,
    const struct tails *t, struct err *e)
{
	CLEANUP(g2_sum_free) struct g2_sum *sum = NULL;
	struct g2 change;

	if (fit_check(index, size, t, e) == -1)
		return -1;
	for (size_t i = 0; i < d->n_revoked; i++) {
		if (d->revoked[i] == index)
			return err_set(e, ERR_REVOKED, "index %u is revoked", index);
	}
	sum = g2_sum_new();
	if (sum_part(sum, t, index, d->issued, d->n_issued, false, e) == -1 ||
	    sum_part(sum, t, index, d->revoked, d->n_revoked, true, e) == -1)
		return -1;
	g2_sum_total(sum, &change);
	g2_add(w, w, &change);
	return 0;
}
