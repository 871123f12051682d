/*
 * Field64 and Field128 against libgcrypt's integers, on random and edge triples; the
 * transforms against their definition, against their inverse, and against barycentric
 * evaluation; lazy sums against plain ones.
 */
#include <gcrypt.h>

#include "../../lib/base/rand.h"
#include "../../lib/crypt/vdaf/ntt.h"
#include "../tap.h"

#define TRIPLES		100000
#define EDGES		8

static gcry_mpi_t
mpi_of(const uint8_t *bytes, size_t n)
{
	uint8_t back[16];
	gcry_mpi_t m;

	for (size_t i = 0; i < n; i++)
		back[i] = bytes[n - 1 - i];
	gcry_mpi_scan(&m, GCRYMPI_FMT_USG, back, n, NULL);
	return m;
}

static gcry_mpi_t
mpi_hex(const char *hex)
{
	gcry_mpi_t m;

	gcry_mpi_scan(&m, GCRYMPI_FMT_HEX, hex, 0, NULL);
	return m;
}

/* mpi_is(m, bytes, n): whether n little-endian bytes spell m. */
static bool
mpi_is(gcry_mpi_t m, const uint8_t *bytes, size_t n)
{
	gcry_mpi_t got = mpi_of(bytes, n);
	const bool same = gcry_mpi_cmp(got, m) == 0;

	gcry_mpi_release(got);
	return same;
}

/* draw(p, n): random bytes, without a system call for each few of them. */
static void
draw(uint8_t *p, size_t n)
{
	static uint8_t pool[1 << 16];
	static size_t left;

	if (left < n) {
		rand_bytes(pool, sizeof(pool));
		left = sizeof(pool);
	}
	memcpy(p, pool + sizeof(pool) - left, n);
	left -= n;
}

/* The edges of both fields, as two words, low first; p is put in for `minus`. */
static const struct { uint64_t low, high; bool minus; } edges[EDGES] = {
	{ 0, 0, false }, { 1, 0, false }, { 1, 0, true }, { 2, 0, true }, { UINT64_C(1) << 32, 0, false },
	{ 0, 1, false }, { UINT64_C(0xffffffff), 0, false }, { UINT64_C(0xffffffff00000000), 0, false },
};

#define FE		struct f64
#define ACC		struct f64_acc
#define F(name)		f64_##name
#define F_BYTES		F64_BYTES
#define NTT(name)	ntt64##name
#define T(name)		name##_64
#define MODULUS		"ffffffff00000001"
#include "t_vdaf_field.inc"
#undef FE
#undef ACC
#undef F
#undef F_BYTES
#undef NTT
#undef T
#undef MODULUS

#define FE		struct f128
#define ACC		struct f128_acc
#define F(name)		f128_##name
#define F_BYTES		F128_BYTES
#define NTT(name)	ntt128##name
#define T(name)		name##_128
#define MODULUS		"ffffffffffffffe40000000000000001"
#include "t_vdaf_field.inc"

int
main(void)
{
	gcry_check_version(NULL);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	run_64();
	run_128();
	return done_testing();
}
