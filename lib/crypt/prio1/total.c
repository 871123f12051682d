#include "total.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/msgpack.h"

void
prio1_total_make(struct prio1_total *t, size_t n_data, enum prio1_side side)
{
	if ((t->sum = calloc(n_data, sizeof(*t->sum))) == NULL)
		abort();
	t->n_data = n_data;
	t->side = side;
}

void
prio1_total_release(struct prio1_total *t)
{
	if (t->sum != NULL)
		explicit_bzero(t->sum, t->n_data * sizeof(*t->sum));
	free(t->sum);
	*t = (struct prio1_total)PRIO1_TOTAL_INIT;
}

void
prio1_total_add(struct prio1_total *t, const struct f87 *data)
{
	for (size_t i = 0; i < t->n_data; i++)
		t->sum[i] = f87_add(t->sum[i], data[i]);
}

void
prio1_total_add_fixed(struct prio1_total *t, const uint8_t *data)
{
	for (size_t i = 0; i < t->n_data; i++) {
		struct f87 v = F87_ZERO;

		f87_fixed_get(&v, data + i * F87_FIXED);
		t->sum[i] = f87_add(t->sum[i], v);
	}
}

void
prio1_total_merge(struct prio1_total *t, const struct prio1_total *other)
{
	prio1_total_add(t, other->sum);
}

void
prio1_total_noise(struct prio1_total *t, size_t i, int64_t v)
{
	uint64_t size = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	struct f87 a = f87_u64(size);

	t->sum[i] = v < 0 ? f87_sub(t->sum[i], a) : f87_add(t->sum[i], a);
}

void
prio1_total_write(struct buf *out, const struct prio1_total *t)
{
	size_t max = 1 + prio1_array_size(t->n_data);
	char *room = buf_room(out, max);

	if (room == NULL)
		return;
	room[0] = (char)t->side;
	buf_grew(out, 1 + prio1_array_write((uint8_t *)room + 1, t->sum, t->n_data));
}

int
prio1_total_read(struct prio1_total *t, const uint8_t *p, size_t n, size_t n_data, struct err *e)
{
	struct prio1_total made = PRIO1_TOTAL_INIT;
	enum prio1_fault bad;

	if (n == 0 || p[0] > PRIO1_B)
		return err_set(e, ERR_VALIDATION, "total share: a server, 0 or 1, is expected first");
	prio1_total_make(&made, n_data, p[0]);
	if ((bad = prio1_array_read(made.sum, n_data, p + 1, n - 1)) != PRIO1_OK) {
		prio1_total_release(&made);
		return err_set(e, ERR_VALIDATION, "total share: %s",
		    bad == PRIO1_LENGTH ? "another number of values than n_data" :
		    bad == PRIO1_RANGE ? "a value is not below p" : "no array of numbers");
	}
	*t = made;
	return 0;
}

/* A value that accepted records and noise can make; 0, or -1. */
static int
plausible(int64_t *out, struct f87 v, int64_t max, int64_t slack)
{
	f87_wide most = (f87_wide)(uint64_t)max + (uint64_t)slack, under = F87_P - f87_get(v);

	if (f87_get(v) <= most && f87_get(v) <= INT64_MAX)
		*out = (int64_t)v.lo;
	else if (under <= (uint64_t)slack)
		*out = -(int64_t)under;
	else
		return -1;
	return 0;
}

/* One integer of so many bits, the most significant first. */
static int
join(int64_t *out, const int64_t *bit, unsigned bits)
{
	__int128 v = 0;

	for (unsigned i = 0; i < bits; i++)
		v += (__int128)bit[i] * ((__int128)1 << (bits - 1 - i));
	if (v > INT64_MAX || v < INT64_MIN)
		return -1;
	*out = (int64_t)v;
	return 0;
}

int
prio1_publish(int64_t *out, const struct prio1_total *a, const struct prio1_total *b, unsigned bits, int64_t max,
    int64_t slack, struct err *e)
{
	int64_t value[PRIO1_BITS_MAX];

	if (a->side != PRIO1_A || b->side != PRIO1_B || a->n_data != b->n_data)
		return err_set(e, ERR_VALIDATION, "total shares of servers A and B over the same values are expected");
	if (bits < 1 || bits > PRIO1_BITS_MAX || a->n_data % bits != 0)
		return err_set(e, ERR_VALIDATION, "bits: %zu values are no integers of %u bits", a->n_data, bits);
	for (size_t i = 0; i < a->n_data / bits; i++) {
		for (unsigned k = 0; k < bits; k++)
			if (plausible(&value[k], f87_add(a->sum[i * bits + k], b->sum[i * bits + k]), max, slack) == -1)
				return err_set(e, ERR_CONFLICT, "implausible_total: value %zu is not 0 to %" PRId64,
				    i * bits + k, max);
		if (join(&out[i], value, bits) == -1)
			return err_set(e, ERR_CONFLICT, "implausible_total: value %zu does not fit 64 bits", i);
	}
	return 0;
}
