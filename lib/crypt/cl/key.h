#ifndef CRYPT_CL_KEY_H
#define CRYPT_CL_KEY_H
#include "../bn/mont.h"
#include "map.h"
#include "size.h"
#include "verdict.h"
/*
 * Keys of Camenisch-Lysyanskaya signatures: making, checking, the proof that
 * the bases are powers of S.  Source: specification 3.3, rows Key, Key proof.
 */
struct cl_pub {
	struct bn n, s, z, rctxt;
	struct cl_map r;		/* attributes and master_secret */
	const struct cl_size *size;	/* the rest is set by cl_pub_ready */
	struct mont *mont;
	struct comb *s_comb, *z_comb;	/* set by cl_pub_combs, or NULL */
};
#define CL_PUB_INIT { .n = BN_INIT, .s = BN_INIT, .z = BN_INIT, \
	.rctxt = BN_INIT, .r = CL_MAP_INIT }
struct cl_priv {			/* all secret */
	struct bn p_half, q_half;	/* p', q': what the wallet keeps */
	struct bn p, q, order;		/* the rest is set by cl_priv_ready: */
	struct bn q_inv;		/* 1/q mod p */
	struct mont *mont_p, *mont_q;
};
#define CL_PRIV_INIT { .p_half = BN_INIT, .q_half = BN_INIT, .p = BN_INIT, \
	.q = BN_INIT, .order = BN_INIT, .q_inv = BN_INIT }
struct cl_key_proof {
	struct bn c, xz_cap;
	struct cl_map xr_cap;		/* in the order that is hashed */
};
#define CL_KEY_PROOF_INIT { .c = BN_INIT, .xz_cap = BN_INIT, \
	.xr_cap = CL_MAP_INIT }

void cl_pub_release(struct cl_pub *pk);
void cl_priv_release(struct cl_priv *sk);	/* wipes */
void cl_key_proof_release(struct cl_key_proof *p);

/*
 * cl_pub_ready(pk): after n, s, z, rctxt and r were filled in: checks sizes,
 * ranges and common divisors, prepares arithmetic.  Everything below wants a
 * ready key.  (An older key has its `rms` in r, under master_secret.)
 *
 * Returns CL_HOLDS, CL_KEY_MODULUS, CL_KEY_ELEMENT, or CL_KEY_NAMES when there
 * is no master_secret.
 */
enum cl_verdict cl_pub_ready(struct cl_pub *pk);
/*
 * cl_pub_combs(pk): tables for S and Z (some 3 ms, 300 KiB), worth it before
 * a presentation with predicates, or its check; twice is once.
 */
void cl_pub_combs(struct cl_pub *pk);
/* cl_priv_ready(sk, pk, e): after p_half and q_half were filled in: whether
 * they belong to pk; ERR_STRUCTURE if not. */
int cl_priv_ready(struct cl_priv *sk, const struct cl_pub *pk, struct err *e);

/* cl_priv_derive(sk): what follows from the halves alone; false if they cannot
 * be those of two different primes.  Part of both ways to a key. */
bool cl_priv_derive(struct cl_priv *sk);
/* cl_pub_element(pk, a): 1 < a < n and coprime to n: rule 2 of section 4. */
bool cl_pub_element(const struct cl_pub *pk, const struct bn *a);
/* cl_challenge_fits(c): 0 <= c < 2^256, as every hash is. */
bool cl_challenge_fits(const struct bn *c);

/*
 * cl_key_check(pk, proof): whether Z and the R are powers of S.  master_secret
 * alone may be missing in the proof.  CL_HOLDS, CL_KEY_NAMES or CL_KEY_PROOF.
 */
enum cl_verdict cl_key_check(const struct cl_pub *pk,
    const struct cl_key_proof *proof);

/* What the steps of cl_key_make tell: phase "generators" or "proof". */
struct cl_key_watch {
	bool	(*seen)(void *arg, const char *phase, unsigned done, unsigned total);
	void	*arg;		/* false from seen: ERR_CANCELLED */
};
/*
 * cl_key_make(pk, sk, proof, names, n_names, p_half, q_half, watch, e):
 * A key for n_names attributes (1..125, without master_secret, which is added)
 * from two halves of safe primes; pk and sk come out ready.  xr_cap is in the
 * order of names, master_secret last.  watch may be NULL.
 *
 * Returns 0, or -1 with ERR_STRUCTURE (names), ERR_CRYPTO (halves that are
 * equal, not of one size that we make, or no halves of safe primes: one round
 * each, since the search has done more), ERR_CANCELLED; the caller releases
 * all three in either case.
 */
int cl_key_make(struct cl_pub *pk, struct cl_priv *sk,
    struct cl_key_proof *proof, const char *const *names, size_t n_names,
    const struct bn *p_half, const struct bn *q_half,
    const struct cl_key_watch *watch, struct err *e);
#endif
