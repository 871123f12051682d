/* The curve: secret scalars and points through every call that may hold them. */
#include "../../lib/crypt/bn254/fp_kernel.h"
#include "../../lib/crypt/bn254/fr_split.h"
#include "../../lib/crypt/bn254/pairing.h"
#include "../../lib/crypt/bn254/wire.h"

#include <string.h>

#include "ct.h"

static void
test_scalars(void)
{
	struct fr a, b, c;
	uint8_t bytes[300] = { 1, 2, 3 }, out[FR_BYTES];
	int8_t digits[2][FR_SPLIT_DIGITS];

	fr_random(&a);
	fr_random(&b);
	ct_secret(&a, sizeof(a));
	ct_secret(&b, sizeof(b));
	ct_secret(bytes, sizeof(bytes));
	fr_add(&c, &a, &b);
	fr_sub(&c, &c, &b);
	fr_neg(&c, &c);
	fr_mul(&c, &c, &b);
	ct_step("sum, difference, product");
	fr_inv(&c, &c);
	ct_step("inverse");
	fr_pow(&c, &c, 100001);
	ct_step("power by a public number");
	fr_from_bytes(&c, bytes, sizeof(bytes));
	fr_to_bytes(out, &c);
	ct_step("from and to bytes");
	fr_split(digits, &c, &fr_lattice_beta);
	fr_split(digits, &c, &fr_lattice_frobenius);
	ct_step("halves and their digits");
}

static void
test_groups(const struct g1 *p, const struct g2 *q)
{
	struct fr k;
	struct g1 kp;
	struct g2 kq;
	struct gt z, zk;
	uint8_t bytes[WIRE_GT_BYTES];
	const struct pairing_term terms[] = { { p, &kq }, { &kp, q } };
	bool result;

	printf("# kernel %s\n", fp_kernel->name);
	fr_random(&k);
	ct_secret(&k, sizeof(k));
	g1_mul(&kp, p, &k);
	ct_step("multiple in G1");
	g2_mul(&kq, q, &k);
	ct_step("multiple in G2");
	wire_g1_bytes(bytes, &kp);
	wire_g2_bytes(bytes, &kq);
	ct_step("bytes of points");
	g1_mul(&kp, &kp, &k);
	g2_mul(&kq, &kq, &k);
	g1_sub(&kp, &kp, p);
	g2_sub(&kq, &kq, q);
	ct_step("of a secret point");
	pairing_product(&z, terms, 2);
	ct_step("pairing of secret points");
	gt_pow(&zk, &z, &k);
	gt_div(&zk, &zk, &z);
	ct_step("power in GT");
	wire_gt_bytes(bytes, &zk);
	ct_step("bytes of GT");
	result = g1_equal(&kp, p) ^ g2_equal(&kq, q) ^ gt_equal(&z, &zk);
	ct_step("comparison");
	ct_still(&kp, sizeof(kp), "the point is known to be secret");
	ct_still(&zk, sizeof(zk), "and so is its pairing");
	ct_public(&result, sizeof(result));
}

/* What the processor has: Valgrind runs adcx and adox, but its cpuid hides them. */
static bool
has_adx(void)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[8192];
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL)
		found = strstr(line, " adx ") != NULL && strstr(line, " bmi2 ") != NULL;
	if (f != NULL)
		fclose(f);
	return found;
}

int
main(void)
{
	struct g1 p;
	struct g2 q;

	g1_random(&p);
	g2_random(&q);
	test_scalars();
	fp_kernel = &fp_kernel_c;
	test_groups(&p, &q);
	if (has_adx()) {
		fp_kernel = &fp_kernel_mulx;
		test_groups(&p, &q);
	}
	return ct_done();
}
