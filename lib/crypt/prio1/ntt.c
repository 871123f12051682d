#include "ntt.h"

/*
 * par->root[k] is w_2N^k for k < N: w_N^k is root[2 k], w_N^-k is -root[N - 2 k].
 * Elements stay loose within a transform: 18 levels of the forward one add less than
 * 2^90 each, and the inverse one folds its sums.
 */
#define ABOVE	(4 * F87_P)	/* more than a loose product: taken before one is subtracted */

static void
tidy(struct f87 *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		a[i] = f87_tidy(a[i]);
}

void
prio1_ntt_inverse(struct f87 *a, const struct prio1_params *par)
{
	const struct f87 *back = par->root + par->points;	/* back[-k] = -w_2N^-k */

	for (size_t half = par->points / 2, step = 2; half > 0; half /= 2, step *= 2) {
		for (size_t i = 0; i < par->points; i += 2 * half) {
			for (size_t j = 0; j < half; j++) {
				f87_wide u = f87_get(a[i + j]), v = f87_get(a[i + j + half]);

				a[i + j] = f87_fold(u + v);
				a[i + j + half] = j == 0 ? f87_fold(u + ABOVE - v) :
				    f87_mul_loose(f87_put(v + ABOVE - u), back[-(ptrdiff_t)(j * step)]);
			}
		}
	}
	tidy(a, par->points);
}

void
prio1_ntt_forward(struct f87 *a, const struct prio1_params *par)
{
	for (size_t half = 1, step = par->points; half < par->points; half *= 2, step /= 2) {
		for (size_t i = 0; i < par->points; i += 2 * half) {
			for (size_t j = 0; j < half; j++) {
				f87_wide u = f87_get(a[i + j]);
				f87_wide v = f87_get(f87_mul_loose(a[i + j + half], par->root[j * step]));

				a[i + j] = f87_put(u + v);
				a[i + j + half] = f87_put(u + ABOVE - v);
			}
		}
	}
	tidy(a, par->points);
}

void
prio1_ntt_shift(struct f87 *a, const struct prio1_params *par)
{
	for (size_t i = 0, k = 0; i < par->points; i++) {
		a[i] = f87_mul(f87_mul_loose(a[i], par->root[k]), par->inv_points);
		/* k: the next number with its bits reversed */
		for (size_t bit = par->points / 2; bit > 0 && ((k ^= bit) & bit) == 0; bit /= 2)
			;
	}
}
