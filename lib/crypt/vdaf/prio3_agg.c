#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "prio3_own.h"

void
prio3_agg_add(const struct prio3 *p, uint8_t *agg, const uint8_t *share)
{
	p->flp->field->add(agg, share, p->flp->out_len);
}

void
prio3_agg_sub(const struct prio3 *p, uint8_t *agg, const uint8_t *share)
{
	p->flp->field->sub(agg, share, p->flp->out_len);
}

bool
prio3_agg_valid(const struct prio3 *p, const void *share, size_t len)
{
	return len == p->out_share_bytes && p->flp->field->valid(share, p->flp->out_len);
}

void
prio3_unshard(const struct prio3 *p, const uint8_t *const agg[], size_t n, struct prio3_sum *result)
{
	const size_t bytes = p->flp->field->bytes;

	for (size_t i = 0; i < p->result_n; i++) {
		uint8_t sum[16] = { 0 };
		uint64_t w[2];

		for (size_t k = 0; k < n; k++)
			p->flp->field->add(sum, agg[k] + i * bytes, 1);
		memcpy(w, sum, sizeof(w));
		result[i] = (struct prio3_sum){ .lo = le64toh(w[0]), .hi = le64toh(w[1]) };
	}
}

typedef unsigned __int128 wide;

static wide
wide_of(const struct prio3_sum *s)
{
	return (wide)s->hi << 64 | s->lo;
}

bool
prio3_plausible(const struct prio3 *p, const struct prio3_sum *result, uint64_t count)
{
	const bool whole = p->param.type == PRIO3_HISTOGRAM, bounded = p->param.type == PRIO3_MULTIHOT;
	const wide each = (wide)count * (whole ? 1 : p->number_max);
	wide sum = 0;

	if (count > p->count_max)
		return false;
	for (size_t i = 0; i < p->result_n; i++) {
		if (wide_of(&result[i]) > each)
			return false;
		sum += whole || bounded ? wide_of(&result[i]) : 0;
	}
	return (!whole || sum == count) && (!bounded || sum <= (wide)count * p->param.max_weight);
}

void
prio3_sum_text(char out[PRIO3_SUM_TEXT], const struct prio3_sum *s)
{
	const wide ten19 = UINT64_C(10000000000000000000), n = wide_of(s), high = n / ten19;
	const uint64_t low = (uint64_t)(n % ten19);

	if (high == 0)
		snprintf(out, PRIO3_SUM_TEXT, "%" PRIu64, low);
	else if (high < ten19)
		snprintf(out, PRIO3_SUM_TEXT, "%" PRIu64 "%019" PRIu64, (uint64_t)high, low);
	else
		snprintf(out, PRIO3_SUM_TEXT, "%" PRIu64 "%019" PRIu64 "%019" PRIu64, (uint64_t)(high / ten19),
		    (uint64_t)(high % ten19), low);
}
