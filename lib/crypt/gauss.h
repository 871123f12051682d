#ifndef CRYPT_GAUSS_H
#define CRYPT_GAUSS_H
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
/*
 * The discrete Gaussian on the integers: P(x) proportional to exp(-x^2 / 2 sigma^2),
 * drawn exactly: every decision compares whole numbers, no floating point is used,
 * so the distribution is that of the formula and not near it.  The time of a draw
 * varies with what is drawn and rejected; what an observer learns of it is the
 * magnitude at most, and it may not be able to time single draws.
 * Source: Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential
 * Privacy", NeurIPS 2020, algorithms 1 to 3.
 */
#define GAUSS_NUM_MAX	(UINT64_C(1) << 40)
#define GAUSS_DEN_MAX	(UINT64_C(1) << 20)
struct gauss {
	uint64_t num, den;		/* sigma = num / den, in lowest terms */
};
/* gauss_parse(g, text, e): "7/2" or "12", decimal digits only; gauss_set(g, num, den, e): 0 < num <=
 * GAUSS_NUM_MAX, 0 < den <= GAUSS_DEN_MAX.  0, or -1 with ERR_VALIDATION; g is written only on success. */
int gauss_parse(struct gauss *g, const char *text, struct err *e);
int gauss_set(struct gauss *g, uint64_t num, uint64_t den, struct err *e);
/*
 * gauss_draw(g): one draw from the kernel's generator.  |draw| passes 2^46 with
 * probability below 2^-1000 for the largest sigma; such a one is drawn again.
 */
int64_t gauss_draw(const struct gauss *g);
/* gauss_variance(out, g): sigma^2 as a fraction, "49/4": the variance is never above it. */
#define GAUSS_TEXT	64
void gauss_variance(char out[GAUSS_TEXT], const struct gauss *g);
/* gauss_variance_sum(out, a, b): of two independent draws, in lowest terms; num 0 is no noise. */
void gauss_variance_sum(char out[GAUSS_TEXT], const struct gauss *a, const struct gauss *b);
/* For tests: the same with random bytes of the caller's. */
typedef void gauss_bytes_fn(void *arg, void *p, size_t n);
int64_t gauss_draw_from(const struct gauss *g, gauss_bytes_fn *bytes, void *arg);
#endif
