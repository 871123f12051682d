/*
 * The curve beside another implementation (make check-bn254).
 *
 *	ours twist N	N points of the twist, every other one of order r, as four
 *			hexadecimal coordinates a line
 *	ours check	cases on stdin: a word and hexadecimal numbers; what is not
 *			as we compute it is printed; then a count for each word
 *
 * The other's pairing is ours raised to 2u(6u^2 + 3u + 1).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/codec.h"
#include "../../../lib/crypt/bn254/pairing.h"

#define LINE_MAX_BYTES	8192
#define TERMS_MAX	5

struct line {
	char	text[LINE_MAX_BYTES];
	char	*at;
};

static void
die(const char *what)
{
	fprintf(stderr, "ours: %s\n", what);
	exit(111);
}

static const char *
word(struct line *l)
{
	char *w = strsep(&l->at, " \n");

	if (w == NULL || *w == '\0')
		die("a line is too short");
	return w;
}

/* 32 bytes of a hexadecimal number without leading zeros. */
static void
number(uint8_t out[32], struct line *l)
{
	const char *w = word(l);
	char padded[65];

	if (strlen(w) > 64)
		die("a number is too long");
	memset(padded, '0', 64);
	memcpy(padded + 64 - strlen(w), w, strlen(w));
	if (hex_decode(out, 32, padded, 64) != 32)
		die("not a number");
}

static void
get_fp(struct fp *r, struct line *l)
{
	uint8_t p[32];

	number(p, l);
	if (fp_from_bytes(r, p) == -1)
		die("a coordinate is not below p");
}

static void
get_fr(struct fr *r, struct line *l)
{
	uint8_t p[32];

	number(p, l);
	fr_from_bytes(r, p, sizeof(p));
}

static void
get_fp2(struct fp2 *r, struct line *l)
{
	get_fp(&r->a, l);
	get_fp(&r->b, l);
}

static void
get_g1(struct g1 *r, struct line *l)
{
	get_fp(&r->x, l);
	get_fp(&r->y, l);
	r->z = fp_one;
}

static void
get_g2(struct g2 *r, struct line *l)
{
	get_fp2(&r->x, l);
	get_fp2(&r->y, l);
	r->z = fp2_one;
}

static void
get_gt(struct gt *r, struct line *l)
{
	for (int i = 0; i < 6; i++)
		get_fp2(&r->f.c[i / 3].s[i % 3], l);
}

/* 2u(6u^2 + 3u + 1) */
static void
to_theirs(struct gt *z)
{
	struct fr u, k, t;

	fr_from_u64(&u, (1ULL << 62) + (1ULL << 55) + 1);
	fr_neg(&u, &u);
	fr_from_u64(&k, 6);
	fr_mul(&k, &k, &u);
	fr_from_u64(&t, 3);
	fr_add(&k, &k, &t);
	fr_mul(&k, &k, &u);
	fr_add(&k, &k, &fr_one);
	fr_mul(&k, &k, &u);
	fr_add(&k, &k, &k);
	gt_pow(z, z, &k);
}

static bool
is_theirs(struct gt *ours, struct line *l)
{
	struct gt theirs;

	get_gt(&theirs, l);
	to_theirs(ours);
	return gt_in_group(&theirs) && gt_equal(ours, &theirs);
}

static bool
check_pair(struct line *l)
{
	struct g1 p;
	struct g2 q;
	struct gt z;

	get_g1(&p, l);
	get_g2(&q, l);
	pairing(&z, &p, &q);
	return g1_on_curve(&p) && g2_on_curve(&q) && g2_in_group(&q) && is_theirs(&z, l);
}

static bool
check_bilinear(struct line *l)
{
	struct fr a, b;
	struct g1 p;
	struct g2 q;
	struct gt z;

	get_fr(&a, l);
	get_fr(&b, l);
	get_g1(&p, l);
	get_g2(&q, l);
	pairing(&z, &p, &q);
	fr_mul(&a, &a, &b);
	gt_pow(&z, &z, &a);
	return is_theirs(&z, l);
}

static bool
check_product(struct line *l)
{
	struct g1 p[TERMS_MAX];
	struct g2 q[TERMS_MAX];
	struct pairing_term term[TERMS_MAX];
	size_t n = strtoul(word(l), NULL, 10);
	struct gt z;

	if (n > TERMS_MAX)
		die("too many terms");
	for (size_t i = 0; i < n; i++) {
		get_g1(&p[i], l);
		get_g2(&q[i], l);
		term[i] = (struct pairing_term){ &p[i], &q[i] };
	}
	pairing_product(&z, term, n);
	return is_theirs(&z, l);
}

static bool
check_mul1(struct line *l)
{
	struct fr k[2];
	struct g1 p[2], want, s, t;

	get_fr(&k[0], l);
	get_fr(&k[1], l);
	get_g1(&p[0], l);
	get_g1(&p[1], l);
	get_g1(&want, l);
	g1_mul(&s, &p[0], &k[0]);
	g1_mul(&t, &p[1], &k[1]);
	g1_add(&s, &s, &t);
	g1_msm(&t, p, k, 2);
	return g1_equal(&s, &want) && g1_equal(&t, &want);
}

static bool
check_mul2(struct line *l)
{
	struct fr k[2];
	struct g2 p[2], want, s, t;

	get_fr(&k[0], l);
	get_fr(&k[1], l);
	get_g2(&p[0], l);
	get_g2(&p[1], l);
	get_g2(&want, l);
	g2_mul(&s, &p[0], &k[0]);
	g2_mul(&t, &p[1], &k[1]);
	g2_add(&s, &s, &t);
	g2_msm(&t, p, k, 2);
	return g2_equal(&s, &want) && g2_equal(&t, &want);
}

static bool
check_pow(struct line *l)
{
	struct fr k;
	struct gt z, want;

	get_fr(&k, l);
	get_gt(&z, l);
	get_gt(&want, l);
	gt_pow(&z, &z, &k);
	return gt_equal(&z, &want);
}

static bool
check_torsion(struct line *l)
{
	struct g2 p;

	get_g2(&p, l);
	return g2_on_curve(&p) && g2_in_group(&p) == (strcmp(word(l), "1") == 0);
}

static struct kind {
	const char *name;
	bool	(*check)(struct line *l);
	unsigned good, bad;
} kinds[] = {
	{ .name = "pair", .check = check_pair },
	{ .name = "bilinear", .check = check_bilinear },
	{ .name = "product", .check = check_product },
	{ .name = "mul1", .check = check_mul1 },
	{ .name = "mul2", .check = check_mul2 },
	{ .name = "pow", .check = check_pow },
	{ .name = "torsion", .check = check_torsion },
};
#define KINDS	(sizeof(kinds) / sizeof(*kinds))

static void
check_line(struct line *l)
{
	const char *name;

	l->at = l->text;
	name = word(l);
	for (size_t i = 0; i < KINDS; i++) {
		if (strcmp(kinds[i].name, name) != 0)
			continue;
		if (kinds[i].check(l))
			kinds[i].good++;
		else
			kinds[i].bad++;
		return;
	}
	die("a case of an unknown kind");
}

static int
check_all(void)
{
	static struct line l;
	unsigned bad = 0;

	while (fgets(l.text, sizeof(l.text), stdin) != NULL)
		check_line(&l);
	for (size_t i = 0; i < KINDS; i++) {
		printf("%s %u %u\n", kinds[i].name, kinds[i].good, kinds[i].bad);
		bad += kinds[i].bad;
	}
	return bad > 0;
}

static void
put_fp(const struct fp *a, char after)
{
	uint8_t p[FP_BYTES];
	char text[HEX_LEN(FP_BYTES)];

	fp_to_bytes(p, a);
	hex_encode(text, p, sizeof(p));
	printf("%s%c", text, after);
}

/* A point of the twist by chance: outside the group, as good as always. */
static void
any_twist(struct g2 *p)
{
	struct fp2 t;

	p->z = fp2_one;
	do {
		fp_random(&p->x.a);
		fp_random(&p->x.b);
		fp2_sqr(&t, &p->x);
		fp2_mul(&t, &t, &p->x);
		fp_add(&t.a, &t.a, &fp_one);
		fp_sub(&t.b, &t.b, &fp_one);
	} while (fp2_sqrt(&p->y, &t) == -1);
}

static int
print_twist(size_t n)
{
	struct g2 p;
	struct g2_affine a;

	for (size_t i = 0; i < n; i++) {
		if (i % 2 == 0)
			any_twist(&p);
		else
			g2_random(&p);
		g2_to_affine(&a, &p);
		put_fp(&a.x.a, ' ');
		put_fp(&a.x.b, ' ');
		put_fp(&a.y.a, ' ');
		put_fp(&a.y.b, '\n');
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "twist") == 0)
		return print_twist(strtoul(argv[2], NULL, 10));
	if (argc == 2 && strcmp(argv[1], "check") == 0)
		return check_all();
	fprintf(stderr, "usage: ours twist N | ours check\n");
	return 100;
}
