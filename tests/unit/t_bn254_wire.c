/*
 * Texts and hashed bytes of elements against published ones, and what is no
 * element.  Vectors: anoncreds/small-vectors.json, tau-nonrevocation-verify-1.json.
 */
#include "../../lib/crypt/bn254/wire.h"
#include "../vectors.h"

#define ONE	"095E45DDF417D05FB10933FFC63D474548B7FFFF7888802F07FFFFFF7D07A8A8"
#define NOUGHT	"0000000000000000000000000000000000000000000000000000000000000000"
#define TWO	"12BC8BBBE82FA0BF621267FF8C7A8E8A916FFFFEF111005E0FFFFFFEFA0F5150"

static void
is_bytes(const uint8_t *got, size_t n, const char *want_hex, const char *what)
{
	uint8_t want[WIRE_GT_BYTES] = { 0 };

	is_int((int64_t)(strlen(want_hex) / 2), (int64_t)n, "%s: as long", what);
	unhex(want, want_hex);
	is_mem(got, want, n, "%s: the published bytes", what);
}

static void
test_published_points(void)
{
	struct json_object *v = vec_json("anoncreds/small-vectors.json");
	const char *p_text = vec_text(v, "pairing.g1"), *q_text = vec_text(v, "pairing.g2");
	uint8_t bytes[WIRE_GT_BYTES];
	struct err e = ERR_INIT;
	struct g1 p;
	struct g2 q, back;
	struct g2_affine affine;

	is_int(wire_g1_read(&p, p_text, strlen(p_text), WIRE_FINITE, &e), 0, "a point of G1 is read");
	wire_g1_bytes(bytes, &p);
	is_bytes(bytes, WIRE_G1_BYTES, vec_text(v, "pairing.g1_bytes_hex"), "G1");
	is_int(wire_g2_read(&q, q_text, strlen(q_text), WIRE_FINITE, &e), 0, "a point of G2 is read");
	wire_g2_bytes(bytes, &q);
	is_bytes(bytes, WIRE_G2_BYTES, vec_text(v, "pairing.g2_bytes_hex"), "G2");
	is_int(wire_g2_affine_read(&affine, bytes), 0, "its bytes are read");
	g2_from_affine(&back, &affine);
	ok(g2_equal(&back, &q), "as the same point");
	wire_g1_bytes(bytes, &g1_infinity);
	is_bytes(bytes, WIRE_G1_BYTES, vec_text(v, "pairing.g1_infinity_bytes_hex"), "infinity");
	json_object_put(v);
}

static void
round_trip_g1(const char *text, const char *want_hex, const char *what)
{
	uint8_t bytes[WIRE_G1_BYTES];
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	struct g1 p, q;

	is_int(wire_g1_read(&p, text, strlen(text), WIRE_FINITE, &e), 0, "%s is read", what);
	wire_g1_bytes(bytes, &p);
	is_bytes(bytes, sizeof(bytes), want_hex, what);
	wire_g1_text(&b, &p);
	is_int((int64_t)b.len, 3 * 66 + 2, "its text has three coordinates");
	ok(wire_g1_read(&q, b.data, b.len, WIRE_FINITE, &e) == 0 && g1_equal(&p, &q), "and is read as the same");
	buf_release(&b);
}

static void
round_trip_gt(const char *text, const char *want_hex, const char *what)
{
	uint8_t bytes[WIRE_GT_BYTES];
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	struct gt z, back;

	is_int(wire_gt_read(&z, text, strlen(text), &e), 0, "%s is read", what);
	wire_gt_bytes(bytes, &z);
	is_bytes(bytes, sizeof(bytes), want_hex, what);
	wire_gt_text(&b, &z);
	is_int((int64_t)b.len, 12 * 66 + 11, "its text has twelve coordinates");
	ok(wire_gt_read(&back, b.data, b.len, &e) == 0 && gt_equal(&z, &back), "and is read as the same");
	buf_release(&b);
}

/* T1, T2, T5 and T6 are points of G1, the others elements of GT. */
static void
test_published_transcript(void)
{
	struct json_object *v = vec_json("anoncreds/refgen-default-L5/tau-nonrevocation-verify-1.json");

	for (int i = 0; i < 8; i++) {
		char path[32], what[8];
		const char *text, *hex;

		snprintf(path, sizeof(path), "strings.%d", i);
		text = vec_text(v, path);
		snprintf(path, sizeof(path), "bytes_hex.%d", i);
		hex = vec_text(v, path);
		snprintf(what, sizeof(what), "T%d", i + 1);
		if (strlen(hex) / 2 == WIRE_G1_BYTES)
			round_trip_g1(text, hex, what);
		else
			round_trip_gt(text, hex, what);
	}
	json_object_put(v);
}

/* What is not a text of a point, and the word of the complaint. */
static void
test_refused_texts(void)
{
	static const struct { const char *text, *says; } bad[] = {
		{ "", "excess" },
		{ "1", "too few" },
		{ "1 " ONE " 1 " ONE, "too few" },
		{ "0 " NOUGHT " 1 " ONE " 1 " NOUGHT, "excess" },
		{ "01 " NOUGHT " 1 " ONE " 1 " NOUGHT, "excess" },
		{ "-1 " NOUGHT " 1 " ONE " 1 " NOUGHT, "excess" },
		{ "+1 " NOUGHT " 1 " ONE " 1 " NOUGHT, "excess" },
		{ "2147483648 " NOUGHT " 1 " ONE " 1 " NOUGHT, "excess" },
		{ "99999999999999999999 " NOUGHT " 1 " ONE " 1 " NOUGHT, "excess" },
		{ "1 " NOUGHT " 1 " ONE " 1 " NOUGHT " ", "more than 3" },
		{ "1 " NOUGHT " 1 " ONE " 1 " NOUGHT " 1 " ONE, "more than 3" },
		{ " 1 " NOUGHT " 1 " ONE " 1 " NOUGHT, "excess" },
		{ "1  " NOUGHT " 1 " ONE " 1 " NOUGHT, "digits" },
		{ "1 0 1 " ONE " 1 " NOUGHT, "digits" },
		{ "1 " NOUGHT "0000000 1 " ONE " 1 " NOUGHT, "digits" },
		{ "1 095e45DDF417D05FB10933FFC63D474548B7FFFF7888802F07FFFFFF7D07A8A8 1 " ONE " 1 " NOUGHT, "upper-case" },
		{ "1 -95E45DDF417D05FB10933FFC63D474548B7FFFF7888802F07FFFFFF7D07A8A8 1 " ONE " 1 " NOUGHT, "upper-case" },
		{ "1 " ONE " 1 " ONE " 1 " ONE, "not a point" },
		{ "1 " NOUGHT " 1 " NOUGHT " 1 " NOUGHT, "not a point" },
		{ "1 " NOUGHT " 1 " ONE " 1 " NOUGHT, "infinity" },
	};
	struct g1 p = g1_infinity;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = ERR_INIT;

		is_int(wire_g1_read(&p, bad[i].text, strlen(bad[i].text), WIRE_FINITE, &e), -1, "refused: \"%s\"", bad[i].text);
		ok(e.code == ERR_VALIDATION && strstr(e.msg, bad[i].says) != NULL, "for its %s", bad[i].says);
	}
	ok(memcmp(&p, &g1_infinity, sizeof(p)) == 0, "output untouched");
}

/* The same point by other texts: not reduced, of more digits, of any excess. */
static void
test_other_spellings(void)
{
	static const char *const texts[] = {
		"1 " NOUGHT " 1 " ONE " 1 " NOUGHT,
		"7 " NOUGHT " 2147483647 " ONE " 1 " NOUGHT,
		"1 000000" NOUGHT " 1 000" ONE " 1 0" NOUGHT,
		/* p for 0, 3p for 0 */
		"2 2523648240000001BA344D80000000086121000000000013A700000000000013 1 " ONE
		" 4 6F6A2D86C00000052E9CE88000000019236300000000003AF500000000000039",
	};
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	struct g1 p;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		is_int(wire_g1_read(&p, texts[i], strlen(texts[i]), WIRE_MAY_BE_INFINITY, &e), 0, "read: \"%s\"", texts[i]);
		buf_reset(&b);
		wire_g1_text(&b, &p);
		is_str(b.data, texts[0], "and written in one way");
	}
	buf_release(&b);
}

/* The largest number of 280 bits, in every coordinate of an element of GT. */
static void
test_largest(void)
{
	char text[WIRE_TEXT_MAX + 1] = "";
	size_t n = 0;
	struct err e = ERR_INIT;
	struct gt z;

	for (int i = 0; i < 12; i++) {
		memcpy(text + n, i > 0 ? " 2147483647 " : "2147483647 ", i > 0 ? 12 : 11);
		n += i > 0 ? 12 : 11;
		memset(text + n, 'F', 70);
		n += 70;
	}
	is_int((int64_t)n, 983, "the longest text has 983 characters");
	is_int(wire_gt_read(&z, text, n, &e), -1, "and is read to its end");
	ok(strstr(e.msg, "pairings") != NULL, "to find that it is not in the group");
}

static void
test_refused_groups(void)
{
	static const char stranger[] = "1 " ONE " 1 " NOUGHT " 1 " TWO " 1 " NOUGHT " 1 " ONE " 1 " NOUGHT;
	static const char infinity[] = "1 " NOUGHT " 1 " NOUGHT " 1 " ONE " 1 " NOUGHT " 1 " NOUGHT " 1 " NOUGHT;
	struct err e = ERR_INIT;
	struct g2 q, p = { .z = fp2_one };
	struct g2_affine affine = { .x = fp2_zero };
	uint8_t bytes[WIRE_G2_BYTES];
	struct buf b = BUF_INIT;
	struct fp2 t;

	is_int(wire_g2_read(&q, stranger, strlen(stranger), WIRE_FINITE, &e), -1, "off the twist");
	ok(strstr(e.msg, "twist") != NULL, "is said");
	is_int(wire_g2_read(&q, infinity, strlen(infinity), WIRE_FINITE, &e), -1, "infinity where it may not be");
	is_int(wire_g2_read(&q, infinity, strlen(infinity), WIRE_MAY_BE_INFINITY, &e), 0, "and where it may");
	ok(g2_is_infinity(&q), "as what it is");
	wire_g2_text(&b, &q);
	is_str(b.data, infinity, "it is written so");
	buf_reset(&b);
	do {
		fp_random(&p.x.a);
		fp2_sqr(&t, &p.x);
		fp2_mul(&t, &t, &p.x);
		fp_add(&t.a, &t.a, &fp_one);
		fp_sub(&t.b, &t.b, &fp_one);
	} while (fp2_sqrt(&p.y, &t) == -1);
	wire_g2_text(&b, &p);
	is_int(wire_g2_read(&q, b.data, b.len, WIRE_FINITE, &e), -1, "on the twist but of another order");
	ok(strstr(e.msg, "order") != NULL, "is said");
	wire_g2_bytes(bytes, &p);
	ok(wire_g2_affine_read(&affine, bytes) == 0 && g2_affine_on_curve(&affine), "bytes are read without their order");
	memset(bytes + 96, 0xff, 32);
	is_int(wire_g2_affine_read(&affine, bytes), -1, "but no coordinate above p");
	buf_release(&b);
}

int
main(void)
{
	test_refused_texts();
	test_other_spellings();
	test_largest();
	test_refused_groups();
	if (!vec_missing()) {
		test_published_points();
		test_published_transcript();
	}
	return done_testing();
}
