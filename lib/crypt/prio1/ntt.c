#include "ntt.h"

/* par->root[k] is w_2N^k for k < N: w_N^k is root[2 k], w_N^-k is -root[N - 2 k]. */

void
prio1_ntt_inverse(struct f87 *a, const struct prio1_params *par)
{
	for (size_t half = par->points / 2, step = 2; half > 0; half /= 2, step *= 2) {
		for (size_t j = 0; j < half; j++) {
			struct f87 back = j == 0 ? F87_ONE : f87_neg(par->root[par->points - j * step]);

			for (size_t i = j; i < par->points; i += 2 * half) {
				struct f87 u = a[i], v = a[i + half];

				a[i] = f87_add(u, v);
				a[i + half] = f87_mul(f87_sub(u, v), back);
			}
		}
	}
}

void
prio1_ntt_forward(struct f87 *a, const struct prio1_params *par)
{
	for (size_t half = 1, step = par->points; half < par->points; half *= 2, step /= 2) {
		for (size_t j = 0; j < half; j++) {
			struct f87 w = par->root[j * step];

			for (size_t i = j; i < par->points; i += 2 * half) {
				struct f87 u = a[i], v = f87_mul(a[i + half], w);

				a[i] = f87_add(u, v);
				a[i + half] = f87_sub(u, v);
			}
		}
	}
}

void
prio1_ntt_shift(struct f87 *a, const struct prio1_params *par)
{
	for (size_t i = 0, k = 0; i < par->points; i++) {
		a[i] = f87_mul(f87_mul(a[i], par->root[k]), par->inv_points);
		/* k: the next number with its bits reversed */
		for (size_t bit = par->points / 2; bit > 0 && ((k ^= bit) & bit) == 0; bit /= 2)
			;
	}
}
