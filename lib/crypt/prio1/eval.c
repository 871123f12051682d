#include "eval.h"

#include <stdlib.h>
#include <string.h>

#include "../ct.h"

/*
 * P(r) = (r^M - 1) / M sum y_k w_M^k / (r - w_M^k)
 *      = (r^M - 1) / M (r sum y_k / (r - w_M^k) - sum y_k).
 *
 * The inverses come from one inversion and one product each: with
 * 1 / (r^2 - w^2k), the two roots whose square is w^2k have
 * 1 / (r - w^k) = (r + w^k) / (r^2 - w^2k) and 1 / (r + w^k) = (r - w^k) / (r^2 - w^2k).
 */
#define CHUNK	16384	/* products a sum takes whose factors are not reduced */

struct sums {
	struct f87 over, plain;	/* sum y / (r - w), sum y */
};

void
prio1_weights_make(struct prio1_weights *w, const struct prio1_params *par)
{
	w->n = par->n;
	w->points = par->points;
	if ((w->f = reallocarray(NULL, w->n, sizeof(*w->f))) == NULL ||
	    (w->h = reallocarray(NULL, w->points + 1, sizeof(*w->h))) == NULL ||
	    (w->scratch = reallocarray(NULL, w->points, sizeof(*w->scratch))) == NULL)
		abort();
}

void
prio1_weights_release(struct prio1_weights *w)
{
	if (w->f != NULL)
		explicit_bzero(w->f, w->n * sizeof(*w->f));
	if (w->h != NULL)
		explicit_bzero(w->h, (w->points + 1) * sizeof(*w->h));
	if (w->scratch != NULL)
		explicit_bzero(w->scratch, w->points * sizeof(*w->scratch));
	free(w->f);
	free(w->h);
	free(w->scratch);
	explicit_bzero(w, sizeof(*w));
}

/* Powers of a point: p[i] = r^(2^i), up to r^N and r^2N. */
struct powers {
	struct f87 p[F87_ROOTS + 1], n, nn;
	unsigned log;		/* N = 2^log */
};

static void
powers_of(struct powers *out, struct f87 r, size_t points)
{
	unsigned i = 0;

	out->p[0] = r;
	for (size_t m = 1; m < 2 * points; m *= 2, i++)
		out->p[i + 1] = f87_sqr(out->p[i]);
	out->log = i - 1;
	out->n = out->p[i - 1];
	out->nn = out->p[i];
}

/* inv[k] = 1 / (r^2 - w_N^k), k < N, from 1 / (r^2N - 1) on; loose. */
static void
inverses(struct f87 *inv, const struct powers *r, const struct prio1_params *par)
{
	size_t step = par->points;	/* root[k step] = w_2M^k */
	unsigned level = r->log;

	inv[0] = f87_inv(f87_sub(r->nn, F87_ONE));
	for (size_t m = 1; m < par->points; m *= 2, step /= 2, level--) {
		for (size_t k = 0; k < m; k++) {
			struct f87 w = par->root[k * step], t = inv[k];

			inv[k] = f87_mul_loose(f87_put(f87_get(r->p[level]) + f87_get(w)), t);
			inv[k + m] = f87_mul_loose(f87_put(f87_get(r->p[level]) + F87_P - f87_get(w)), t);
		}
	}
}

/* (r^M - 1) / M, for N and for 2 N. */
static struct f87
scale_f(const struct powers *r, const struct prio1_params *par)
{
	return f87_mul(f87_sub(r->n, F87_ONE), par->inv_points);
}

static struct f87
scale_h(const struct powers *r, const struct prio1_params *par)
{
	return f87_half(f87_mul(f87_sub(r->nn, F87_ONE), par->inv_points));
}

/* ---- weights ---------------------------------------------------------------- */
/* A point that is a root itself: as good as never, and no secret then. */
static void
weights_of_root(struct prio1_weights *w, const struct prio1_params *par, struct f87 r, const struct powers *pow)
{
	struct f87 scale = scale_f(pow, par);

	for (size_t k = 0; k < 2 * par->points; k++) {
		struct f87 root = k < par->points ? par->root[k] : f87_neg(par->root[k - par->points]);
		bool here = f87_equal(r, root);

		if (k % 2 == 1)
			w->h[k / 2] = here ? F87_ONE : F87_ZERO;
		else if (k / 2 < par->n)	/* 1 / 0 is 0: of an even root, only the value itself is left */
			w->f[k / 2] = here ? F87_ONE : f87_mul(f87_mul(scale, root), f87_inv(f87_sub(r, root)));
	}
	w->h[par->points] = f87_equal(r, F87_ONE) ? F87_ONE : F87_ZERO;
}

static void
weights_of_pairs(struct prio1_weights *w, const struct prio1_params *par, struct f87 r, const struct powers *pow)
{
	struct f87 f = scale_f(pow, par), h = scale_h(pow, par), fr = f87_mul(f, r), hr = f87_mul(h, r);
	size_t half = par->points / 2;

	inverses(w->scratch, pow, par);
	for (size_t i = 0; i < half; i++) {
		struct f87 even = w->scratch[2 * i], odd = w->scratch[2 * i + 1];

		w->f[i] = f87_sub(f87_mul(fr, f87_mul(f87_add(r, par->root[2 * i]), even)), f);
		if (i + half < par->n)
			w->f[i + half] = f87_sub(f87_mul(fr, f87_mul(f87_sub(r, par->root[2 * i]), even)), f);
		w->h[i] = f87_sub(f87_mul(hr, f87_mul(f87_add(r, par->root[2 * i + 1]), odd)), h);
		w->h[i + half] = f87_sub(f87_mul(hr, f87_mul(f87_sub(r, par->root[2 * i + 1]), odd)), h);
	}
	w->h[par->points] = f87_sub(f87_mul(hr, f87_mul(f87_add(r, F87_ONE), w->scratch[0])), h);
}

void
prio1_weights_set(struct prio1_weights *w, const struct prio1_params *par, struct f87 r)
{
	struct powers pow;
	f87_wide sum = 0;

	powers_of(&pow, r, par->points);
	if (ct_decide(f87_equal(pow.nn, F87_ONE)))
		weights_of_root(w, par, r, &pow);
	else
		weights_of_pairs(w, par, r, &pow);
	for (size_t i = 1; i < par->n; i++)
		sum += f87_get(w->f[i]);
	w->data = f87_sum_get(&(struct f87_sum){ sum, 0 });
}

static struct f87
dot(const struct f87 *a, const struct f87 *b, size_t n)
{
	struct f87 v = F87_ZERO;

	for (size_t i = 0; i < n; ) {
		struct f87_sum s = F87_SUM_ZERO;
		size_t end = n - i < F87_SUM_MAX ? n : i + F87_SUM_MAX;

		for (; i < end; i++)
			f87_mac(&s, a[i], b[i]);
		v = f87_add(v, f87_sum_get(&s));
	}
	return v;
}

/* g is f with another value at the first point and, in A's share, less 1 at each of the data. */
static struct f87
value_g(const struct prio1_packet *pk, struct f87 f, struct f87 first, struct f87 data)
{
	struct f87 g = f87_add(f, f87_mul(f87_sub(pk->g0, pk->f0), first));

	return pk->side == PRIO1_A ? f87_sub(g, data) : g;
}

void
prio1_weights_apply(struct prio1_values *out, const struct prio1_weights *w, const struct prio1_packet *pk)
{
	out->f = f87_add(f87_mul(w->f[0], pk->f0), dot(w->f + 1, pk->data, w->n - 1));
	out->h = f87_add(f87_mul(w->h[w->points], pk->h0), dot(w->h, pk->h, w->points));
	out->g = value_g(pk, out->f, w->f[0], w->data);
}

/* ---- one record --------------------------------------------------------------- */
/*
 * y / (r - w) + z / (r + w) = ((y + z) r + (y - z) w) / (r^2 - w^2): of each pair two
 * products go into sums, and r is multiplied once, at the end.
 */
struct pairs {
	struct f87_sum plus, minus;
	f87_wide plain;
};

static inline void
pair_add(struct pairs *s, struct f87 y, struct f87 z, struct f87 inv, struct f87 w)
{
	f87_wide both = f87_get(y) + f87_get(z);

	s->plain += both;
	f87_mac(&s->plus, f87_put(both), inv);
	f87_mac(&s->minus, f87_put(f87_get(y) + F87_P - f87_get(z)), f87_mul_loose(inv, w));
}

static void
pairs_take(struct sums *to, struct pairs *s, struct f87 r)
{
	to->over = f87_add(to->over, f87_add(f87_mul(f87_sum_get(&s->plus), r), f87_sum_get(&s->minus)));
	to->plain = f87_add(to->plain, f87_sum_get(&(struct f87_sum){ s->plain, 0 }));
	*s = (struct pairs){ .plain = 0 };
}

static struct f87
sums_value(const struct sums *s, struct f87 scale, struct f87 r)
{
	return f87_mul(scale, f87_sub(f87_mul(r, s->over), s->plain));
}

/* f at i and i + N/2, of which the second may be past the end; index 0 is f0. */
static struct f87
eval_f(const struct prio1_packet *pk, const struct prio1_params *par, const struct f87 *inv, struct f87 scale,
    struct f87 r)
{
	size_t half = par->points / 2, whole = par->n - half;	/* pairs of two */
	struct sums all = { F87_ZERO, F87_ZERO };
	struct pairs s = { .plain = 0 };

	pair_add(&s, pk->f0, pk->data[half - 1], inv[0], F87_ONE);
	for (size_t i = 1; i < half; i++) {
		if (i % CHUNK == 0)
			pairs_take(&all, &s, r);
		pair_add(&s, pk->data[i - 1], i < whole ? pk->data[i + half - 1] : F87_ZERO, inv[2 * i], par->root[2 * i]);
	}
	pairs_take(&all, &s, r);
	return sums_value(&all, scale, r);
}

/* h at j and j + N/2: odd 2N-th roots; and h0 at 1, the only even root that is not zero. */
static struct f87
eval_h(const struct prio1_packet *pk, const struct prio1_params *par, const struct f87 *inv, struct f87 scale,
    struct f87 r)
{
	size_t half = par->points / 2;
	struct sums all = { f87_mul(pk->h0, f87_mul(f87_add(r, F87_ONE), inv[0])), pk->h0 };
	struct pairs s = { .plain = 0 };

	for (size_t j = 0; j < half; j++) {
		if (j % CHUNK == 0)
			pairs_take(&all, &s, r);
		pair_add(&s, pk->h[j], pk->h[j + half], inv[2 * j + 1], par->root[2 * j + 1]);
	}
	pairs_take(&all, &s, r);
	return sums_value(&all, scale, r);
}

/* The sum of the weights of f[1] .. f[n_data]: as if all data were 1 and f0 were 0. */
static struct f87
data_weight(const struct prio1_params *par, const struct f87 *inv, struct f87 scale, struct f87 r)
{
	size_t half = par->points / 2, whole = par->n - half;
	f87_wide plus = f87_get(inv[0]), single = 0;
	struct f87 over = f87_neg(f87_tidy(inv[0]));	/* 0 and 1: (0 - 1) w, w = 1 */
	struct f87_sum minus = F87_SUM_ZERO;

	for (size_t i = 1; i < whole && i < half; i++)
		plus += 2 * f87_get(inv[2 * i]);
	for (size_t i = whole; i < half; i++) {
		single += f87_get(inv[2 * i]);
		f87_mac(&minus, inv[2 * i], par->root[2 * i]);
		if (i % CHUNK == 0) {
			over = f87_add(over, f87_sum_get(&minus));
			minus = F87_SUM_ZERO;
		}
	}
	over = f87_add(over, f87_sum_get(&minus));
	over = f87_add(over, f87_mul(r, f87_sum_get(&(struct f87_sum){ plus + single, 0 })));
	return f87_mul(scale, f87_sub(f87_mul(r, over), f87_u64(par->n_data)));
}

void
prio1_eval_once(struct prio1_values *out, struct prio1_weights *w, const struct prio1_params *par, struct f87 r,
    const struct prio1_packet *pk)
{
	struct powers pow;
	struct f87 f, first;

	powers_of(&pow, r, par->points);
	if (ct_decide(f87_equal(pow.nn, F87_ONE))) {
		prio1_weights_set(w, par, r);
		prio1_weights_apply(out, w, pk);
		return;
	}
	inverses(w->scratch, &pow, par);
	f = scale_f(&pow, par);
	first = f87_mul(f, f87_mul(f87_add(r, F87_ONE), w->scratch[0]));
	out->f = eval_f(pk, par, w->scratch, f, r);
	out->h = eval_h(pk, par, w->scratch, scale_h(&pow, par), r);
	out->g = value_g(pk, out->f, first, pk->side == PRIO1_A ? data_weight(par, w->scratch, f, r) : F87_ZERO);
}
