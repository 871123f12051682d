#include "wire.h"

#include <string.h>

#include "fp_kernel.h"

#define DIGITS_MIN	64
#define DIGITS_MAX	70		/* 280 bits */
#define EXCESS_DIGITS	10
#define EXCESS_MAX	2147483647
#define COORDINATES_MAX	12

/* Between the residue of a text, x*2^280, and ours, x*2^256, by one Montgomery
 * multiplication: 2^232, 2^488 for the digits above 256 bits, and 2^280. */
static const struct fp from_text = { { 0, 0, 0, 1ULL << 40 } };
static const struct fp from_text_high = { { 0xf7bcc94ae886745c, 0x4d2e06f3a0bf6e94, 0x077c2cd37d1f9b83, 0x10bc09bbeeab4437 } };
static const struct fp to_text = { { 0x07ffffff7d07a8a8, 0x48b7ffff7888802f, 0xb10933ffc63d4745, 0x095e45ddf417d05f } };

struct cursor {
	const char *s;
	size_t	n;		/* left */
};

static int
digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The length of the piece up to the next space or the end. */
static size_t
piece(const struct cursor *c)
{
	const char *space = memchr(c->s, ' ', c->n);

	return space != NULL ? (size_t)(space - c->s) : c->n;
}

/* A decimal that says how many times p the writer's number may hold: of no use
 * to a reader who reduces, but part of the form. */
static int
read_excess(struct cursor *c, struct err *e)
{
	size_t n = piece(c);
	uint64_t value = 0;

	for (size_t i = 0; i < n && i < EXCESS_DIGITS; i++) {
		if (c->s[i] < '0' || c->s[i] > '9')
			return err_set(e, ERR_VALIDATION, "an excess that is not decimal");
		value = 10 * value + (uint64_t)(c->s[i] - '0');
	}
	if (n == 0 || n > EXCESS_DIGITS || value > EXCESS_MAX || c->s[0] == '0')
		return err_set(e, ERR_VALIDATION, "an excess out of 1..%d", EXCESS_MAX);
	c->s += n;
	c->n -= n;
	return 0;
}

static int
read_residue(struct fp *r, struct cursor *c, struct err *e)
{
	size_t n = piece(c);
	struct fp low = fp_zero, high = fp_zero;
	struct fp_wide w;

	if (n < DIGITS_MIN || n > DIGITS_MAX)
		return err_set(e, ERR_VALIDATION, "a coordinate of %zu digits, not %d to %d", n, DIGITS_MIN, DIGITS_MAX);
	for (size_t i = 0; i < n; i++) {
		size_t place = n - 1 - i;
		struct fp *to = place < 64 ? &low : &high;
		int digit = digit_of(c->s[i]);

		if (digit == -1)
			return err_set(e, ERR_VALIDATION, "a coordinate that is not upper-case hexadecimal");
		to->v[place % 64 / 16] |= (uint64_t)digit << place % 16 * 4;
	}
	fp_kernel->wide(&w, &low, &from_text);
	fp_kernel->reduce(&low, &w);
	fp_kernel->mul(&high, &high, &from_text_high);
	fp_add(r, &low, &high);
	c->s += n;
	c->n -= n;
	return 0;
}

static int
read_space(struct cursor *c, struct err *e)
{
	if (c->n == 0 || c->s[0] != ' ')
		return err_set(e, ERR_VALIDATION, "too few coordinates");
	c->s++;
	c->n--;
	return 0;
}

static int
read_coordinates(struct fp *out, size_t n, const char *s, size_t len, struct err *e)
{
	struct cursor c = { s, len };

	for (size_t i = 0; i < n; i++)
		if ((i > 0 && read_space(&c, e) == -1) || read_excess(&c, e) == -1 ||
		    read_space(&c, e) == -1 || read_residue(&out[i], &c, e) == -1)
			return -1;
	if (c.n > 0)
		return err_set(e, ERR_VALIDATION, "more than %zu coordinates", n);
	return 0;
}

int
wire_g1_read(struct g1 *r, const char *s, size_t n, enum wire_infinity infinity, struct err *e)
{
	struct fp c[3];
	struct g1 a;

	if (read_coordinates(c, 3, s, n, e) == -1)
		return -1;
	a = (struct g1){ c[0], c[1], c[2] };
	if (!g1_on_curve(&a))
		return err_set(e, ERR_VALIDATION, "not a point of the curve");
	if (infinity == WIRE_FINITE && g1_is_infinity(&a))
		return err_set(e, ERR_VALIDATION, "infinity");
	*r = a;
	return 0;
}

int
wire_g2_read(struct g2 *r, const char *s, size_t n, enum wire_infinity infinity, struct err *e)
{
	struct fp c[6];
	struct g2 a;

	if (read_coordinates(c, 6, s, n, e) == -1)
		return -1;
	a = (struct g2){ { c[0], c[1] }, { c[2], c[3] }, { c[4], c[5] } };
	if (!g2_on_curve(&a))
		return err_set(e, ERR_VALIDATION, "not a point of the twist");
	if (!g2_in_group(&a))
		return err_set(e, ERR_VALIDATION, "a point that is not of the group's order");
	if (infinity == WIRE_FINITE && g2_is_infinity(&a))
		return err_set(e, ERR_VALIDATION, "infinity");
	*r = a;
	return 0;
}

/* The i-th coefficient of the text, whose order is w^0, w^3, w^1, w^4, w^2, w^5. */
static struct fp2 *
gt_coefficient(struct gt *a, size_t i)
{
	size_t power = i / 2 + i % 2 * 3;

	return &a->f.c[power % 2].s[power / 2];
}

int
wire_gt_read(struct gt *r, const char *s, size_t n, struct err *e)
{
	struct fp c[COORDINATES_MAX];
	struct gt a;

	if (read_coordinates(c, COORDINATES_MAX, s, n, e) == -1)
		return -1;
	for (size_t i = 0; i < COORDINATES_MAX / 2; i++)
		*gt_coefficient(&a, i) = (struct fp2){ c[2 * i], c[2 * i + 1] };
	if (!gt_in_group(&a))
		return err_set(e, ERR_VALIDATION, "not an element of the group of pairings");
	*r = a;
	return 0;
}

static void
add_coordinate(struct buf *b, const struct fp *a, bool first)
{
	char text[2 * FP_BYTES];
	struct fp t;

	fp_kernel->mul(&t, a, &to_text);
	for (size_t i = 0; i < sizeof(text); i++) {
		size_t place = sizeof(text) - 1 - i;

		text[i] = "0123456789ABCDEF"[t.v[place / 16] >> place % 16 * 4 & 15];
	}
	buf_adds(b, first ? "1 " : " 1 ");
	buf_add(b, text, sizeof(text));
}

static void
add_fp2(struct buf *b, const struct fp2 *a, bool first)
{
	add_coordinate(b, &a->a, first);
	add_coordinate(b, &a->b, false);
}

void
wire_g1_text(struct buf *b, const struct g1 *a)
{
	struct g1_affine affine;
	struct g1 p = g1_infinity;

	if (!g1_is_infinity(a)) {
		g1_to_affine(&affine, a);
		g1_from_affine(&p, &affine);
	}
	add_coordinate(b, &p.x, true);
	add_coordinate(b, &p.y, false);
	add_coordinate(b, &p.z, false);
}

void
wire_g2_text(struct buf *b, const struct g2 *a)
{
	struct g2_affine affine;
	struct g2 p = g2_infinity;

	if (!g2_is_infinity(a)) {
		g2_to_affine(&affine, a);
		g2_from_affine(&p, &affine);
	}
	add_fp2(b, &p.x, true);
	add_fp2(b, &p.y, false);
	add_fp2(b, &p.z, false);
}

void
wire_gt_text(struct buf *b, const struct gt *a)
{
	struct gt t = *a;

	for (size_t i = 0; i < COORDINATES_MAX / 2; i++)
		add_fp2(b, gt_coefficient(&t, i), i == 0);
}

/* The affine point to hash, infinity being (0, 1). */
void
wire_g1_bytes(uint8_t p[WIRE_G1_BYTES], const struct g1 *a)
{
	struct g1_affine affine;

	g1_to_affine(&affine, a);
	fp_select(&affine.y, &fp_one, g1_is_infinity(a));
	memset(p, 0, WIRE_G1_BYTES);
	p[0] = 0x04;
	fp_to_bytes(p + 1, &affine.x);
	fp_to_bytes(p + 1 + FP_BYTES, &affine.y);
}

void
wire_g2_bytes(uint8_t p[WIRE_G2_BYTES], const struct g2 *a)
{
	struct g2_affine affine;

	g2_to_affine(&affine, a);
	fp2_select(&affine.y, &fp2_one, g2_is_infinity(a));
	wire_g2_affine_bytes(p, &affine);
}

void
wire_gt_bytes(uint8_t p[WIRE_GT_BYTES], const struct gt *a)
{
	struct gt t = *a;

	memset(p, 0, WIRE_GT_BYTES);
	for (size_t i = 0; i < COORDINATES_MAX / 2; i++) {
		const struct fp2 *c = gt_coefficient(&t, i);

		fp_to_bytes(p + 2 * i * FP_BYTES, &c->a);
		fp_to_bytes(p + (2 * i + 1) * FP_BYTES, &c->b);
	}
}

void
wire_g2_affine_bytes(uint8_t p[WIRE_G2_BYTES], const struct g2_affine *a)
{
	fp_to_bytes(p, &a->x.a);
	fp_to_bytes(p + FP_BYTES, &a->x.b);
	fp_to_bytes(p + 2 * FP_BYTES, &a->y.a);
	fp_to_bytes(p + 3 * FP_BYTES, &a->y.b);
}

int
wire_g2_affine_read(struct g2_affine *r, const uint8_t p[WIRE_G2_BYTES])
{
	struct g2_affine a;

	if (fp_from_bytes(&a.x.a, p) == -1 || fp_from_bytes(&a.x.b, p + FP_BYTES) == -1 ||
	    fp_from_bytes(&a.y.a, p + 2 * FP_BYTES) == -1 || fp_from_bytes(&a.y.b, p + 3 * FP_BYTES) == -1)
		return -1;
	*r = a;
	return 0;
}
