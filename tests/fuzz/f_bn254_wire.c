/*
 * Elements of the revocation curve from outside: by the first byte a text of G1,
 * G2 or GT, a scalar, or bytes of a tails file.  What is accepted satisfies its
 * group's law, and its one spelling is read as the same element.
 * Reaches: lib/crypt/bn254/wire.c lib/crypt/bn254/fr.c
 */
#include "../../lib/crypt/bn254/wire.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
try_g1(const char *s, size_t n)
{
	struct buf b = BUF_INIT;
	struct g1 p, q;

	if (wire_g1_read(&p, s, n, WIRE_MAY_BE_INFINITY, NULL) == -1)
		return;
	g1_mul(&q, &p, &fr_one);
	must(g1_on_curve(&p) && g1_equal(&p, &q));
	must((wire_g1_read(&q, s, n, WIRE_FINITE, NULL) == -1) == g1_is_infinity(&p));
	wire_g1_text(&b, &p);
	must(wire_g1_read(&q, b.data, b.len, WIRE_MAY_BE_INFINITY, NULL) == 0 && g1_equal(&p, &q));
	buf_release(&b);
}

static void
try_g2(const char *s, size_t n)
{
	struct buf b = BUF_INIT;
	struct g2 p, q;
	struct fr minus_one;

	if (wire_g2_read(&p, s, n, WIRE_MAY_BE_INFINITY, NULL) == -1)
		return;
	fr_neg(&minus_one, &fr_one);
	g2_mul(&q, &p, &minus_one);
	g2_add(&q, &q, &p);
	must(g2_on_curve(&p) && g2_is_infinity(&q));
	wire_g2_text(&b, &p);
	must(wire_g2_read(&q, b.data, b.len, WIRE_MAY_BE_INFINITY, NULL) == 0 && g2_equal(&p, &q));
	buf_release(&b);
}

static void
try_gt(const char *s, size_t n)
{
	struct buf b = BUF_INIT;
	struct gt z, t;
	struct fr minus_one;

	if (wire_gt_read(&z, s, n, NULL) == -1)
		return;
	fr_neg(&minus_one, &fr_one);
	gt_pow(&t, &z, &minus_one);
	gt_mul(&t, &t, &z);
	must(gt_is_one(&t));
	wire_gt_text(&b, &z);
	must(wire_gt_read(&t, b.data, b.len, NULL) == 0 && gt_equal(&z, &t));
	buf_release(&b);
}

static void
try_scalar(const char *s, size_t n)
{
	char text[FR_HEX];
	struct fr a, b;

	if (fr_from_hex(&a, s, n, NULL) == 0) {
		fr_to_hex(text, &a);
		must(fr_from_hex(&b, text, FR_HEX - 1, NULL) == 0 && fr_equal(&a, &b));
	}
	fr_from_bytes(&a, s, n);
	fr_inv(&b, &a);
	fr_mul(&b, &b, &a);
	must(fr_equal(&b, fr_is_zero(&a) ? &fr_zero : &fr_one));
}

static void
try_bytes(const char *s, size_t n)
{
	uint8_t in[WIRE_G2_BYTES] = { 0 }, out[WIRE_G2_BYTES];
	struct g2_affine a;

	if (n > 0)
		memcpy(in, s, n < sizeof(in) ? n : sizeof(in));
	if (wire_g2_affine_read(&a, in) == -1)
		return;
	wire_g2_affine_bytes(out, &a);
	must(memcmp(in, out, sizeof(in)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const try[])(const char *, size_t) = { try_g1, try_g2, try_gt, try_scalar, try_bytes };

	if (size < 1 || size - 1 > WIRE_TEXT_MAX)
		return 0;
	try[data[0] % (sizeof(try) / sizeof(*try))]((const char *)data + 1, size - 1);
	return 0;
}
