#ifndef BN254_GT_H
#define BN254_GT_H
#include "fp12.h"
#include "fr.h"
/*
 * GT: the elements of order dividing r in Fp12, written multiplicatively.
 * Every struct gt but one fresh from outside is in the group: gt_inv and gt_pow
 * are right there only.  Results may be the operands; time does not depend on
 * values.
 */
struct gt {
	struct fp12 f;
};

extern const struct gt gt_one;

void gt_mul(struct gt *r, const struct gt *a, const struct gt *b);
void gt_div(struct gt *r, const struct gt *a, const struct gt *b);
void gt_inv(struct gt *r, const struct gt *a);
/* gt_pow(r, a, k): a^k; both may be secret. */
void gt_pow(struct gt *r, const struct gt *a, const struct fr *k);
/* gt_pow_u(r, a): a^u, u the curve's parameter; right for all of the cyclotomic
 * subgroup, where a^(p^4 - p^2 + 1) = 1. */
void gt_pow_u(struct gt *r, const struct gt *a);
bool gt_equal(const struct gt *a, const struct gt *b);
bool gt_is_one(const struct gt *a);
/*
 * gt_in_group(a): whether a is not 0 and a^r = 1, for a from outside: first
 * a^(p^4 - p^2 + 1) = 1, then a^p = a^(6u^2), as p - 6u^2 = r.
 */
bool gt_in_group(const struct gt *a);
#endif
