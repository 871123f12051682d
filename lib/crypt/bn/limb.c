#include "limb.h"

#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

/*
 * r[0..n) += a[0..n) * b; returns the limb beyond.  GMP's own is what any
 * machine has.
 */
typedef mp_limb_t row_fn(mp_limb_t *r, const mp_limb_t *a, size_t n,
    mp_limb_t b);

static mp_limb_t
row_gmp(mp_limb_t *r, const mp_limb_t *a, size_t n, mp_limb_t b)
{
	return mpn_addmul_1(r, a, (mp_size_t)n, b);
}

#if defined(__x86_64__)
/*
 * mulx leaves the flags alone and adcx, adox carry in one flag each, so low and
 * high halves are summed in two chains at once; lea and jrcxz count without
 * touching either flag.
 */
static mp_limb_t
row_adx(mp_limb_t *r, const mp_limb_t *a, size_t n, mp_limb_t b)
{
	mp_limb_t carry, low, high;
	size_t steps = n / LIMB_STEP;

	__asm__ volatile(
	    "xorl	%k[carry], %k[carry]\n"	/* and both flags */
	    "1:\n\t"
	    "mulx	(%[a]), %[low], %[high]\n\t"
	    "adcx	(%[r]), %[low]\n\t"
	    "adox	%[carry], %[low]\n\t"
	    "movq	%[low], (%[r])\n\t"
	    "mulx	8(%[a]), %[low], %[carry]\n\t"
	    "adcx	8(%[r]), %[low]\n\t"
	    "adox	%[high], %[low]\n\t"
	    "movq	%[low], 8(%[r])\n\t"
	    "mulx	16(%[a]), %[low], %[high]\n\t"
	    "adcx	16(%[r]), %[low]\n\t"
	    "adox	%[carry], %[low]\n\t"
	    "movq	%[low], 16(%[r])\n\t"
	    "mulx	24(%[a]), %[low], %[carry]\n\t"
	    "adcx	24(%[r]), %[low]\n\t"
	    "adox	%[high], %[low]\n\t"
	    "movq	%[low], 24(%[r])\n\t"
	    "leaq	32(%[a]), %[a]\n\t"
	    "leaq	32(%[r]), %[r]\n\t"
	    "leaq	-1(%%rcx), %%rcx\n\t"
	    "jrcxz	2f\n\t"
	    "jmp	1b\n"
	    "2:\n\t"
	    "movl	$0, %k[low]\n\t"
	    "adcx	%[low], %[carry]\n\t"
	    "adox	%[low], %[carry]"
	    : [r] "+&r"(r), [a] "+&r"(a), "+&c"(steps), [carry] "=&r"(carry),
	      [low] "=&r"(low), [high] "=&r"(high)
	    : "d"(b)
	    : "cc", "memory");
	return carry;
}

static int
has_adx(void)
{
	const unsigned want = 1u << 8 | 1u << 19;	/* BMI2, ADX */
	unsigned eax, ebx, ecx, edx;

	return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) &&
	    (ebx & want) == want;
}
#else
#define row_adx		row_gmp
#define has_adx()	0
#endif

static row_fn *row = row_gmp;

__attribute__((constructor)) static void
choose(void)
{
	row = has_adx() ? row_adx : row_gmp;
}

void
limb_plain(int on)
{
	row = !on && has_adx() ? row_adx : row_gmp;
}

/* r = t or t - m, where t (n limbs and a carry) is below 2m. */
static void
below_modulus(mp_limb_t *r, const mp_limb_t *t, mp_limb_t carry,
    const mp_limb_t *m, size_t n)
{
	mp_limb_t reduced[LIMB_MAX];
	mp_limb_t below = mpn_sub_n(reduced, t, m, (mp_size_t)n);
	mp_limb_t keep = -(below & (carry ^ 1));

	for (size_t i = 0; i < n; i++)
		r[i] = (t[i] & keep) | (reduced[i] & ~keep);
}

void
limb_montmul(mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b,
    const mp_limb_t *m, size_t n, mp_limb_t m_inv)
{
	mp_limb_t t[2 * LIMB_MAX], carry = 0;

	memset(t, 0, n * sizeof(*t));
	for (size_t i = 0; i < n; i++) {
		mp_limb_t high = row(t + i, a, n, b[i]);
		mp_limb_t more = row(t + i, m, n, t[i] * m_inv);
		unsigned __int128 sum = (unsigned __int128)high + more + carry;

		t[i + n] = (mp_limb_t)sum;
		carry = (mp_limb_t)(sum >> 64);
	}
	below_modulus(r, t + n, carry, m, n);
}

void
limb_montsqr(mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *m, size_t n,
    mp_limb_t m_inv)
{
	mp_limb_t t[2 * LIMB_MAX], scratch[4 * LIMB_MAX], carry = 0;

	mpn_sec_sqr(t, a, (mp_size_t)n, scratch);
	for (size_t i = 0; i < n; i++) {
		mp_limb_t high = row(t + i, m, n, t[i] * m_inv);
		unsigned __int128 sum = (unsigned __int128)t[i + n] + high + carry;

		t[i + n] = (mp_limb_t)sum;
		carry = (mp_limb_t)(sum >> 64);
	}
	below_modulus(r, t + n, carry, m, n);
}

void
limb_pick(mp_limb_t *r, const mp_limb_t *table, size_t n, size_t count,
    size_t index)
{
	typedef mp_limb_t pair __attribute__((vector_size(16), aligned(8)));
	const pair *at = (const pair *)table;
	pair sum[LIMB_MAX / 2];

	memset(sum, 0, n * sizeof(*r));
	for (size_t i = 0; i < count; i++) {
		mp_limb_t differs = i ^ index;
		mp_limb_t mask = ((differs | -differs) >> 63) - 1;
		pair both = { mask, mask };

		for (size_t j = 0; j < n / 2; j++)
			sum[j] |= at[i * n / 2 + j] & both;
	}
	memcpy(r, sum, n * sizeof(*r));
}
