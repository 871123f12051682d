#ifndef CRYPT_CL_ISSUE_H
#define CRYPT_CL_ISSUE_H
#include "key.h"
/*
 * Issuance: the holder's request, the issuer's signature, the holder's check.
 * Source: specification 3.3, rows Request to Signature proof.  Every step takes
 * its random numbers as an argument that may be NULL: then they are drawn.
 */
struct cl_request {		/* blinded_ms and its correctness proof */
	struct bn u;
	struct bn c, v_dash_cap, m_cap;	/* m_cap: m_caps["master_secret"] */
};
#define CL_REQUEST_INIT { .u = BN_INIT, .c = BN_INIT, .v_dash_cap = BN_INIT, \
	.m_cap = BN_INIT }
struct cl_request_masks { struct bn v_prime, v_mask, m_mask; };
#define CL_REQUEST_MASKS_INIT { .v_prime = BN_INIT, .v_mask = BN_INIT, \
	.m_mask = BN_INIT }
struct cl_signature { struct bn m2, a, e, v; };	/* v: v'', or v' + v'' kept */
#define CL_SIGNATURE_INIT { .m2 = BN_INIT, .a = BN_INIT, .e = BN_INIT, \
	.v = BN_INIT }
struct cl_signature_proof { struct bn se, c; };
#define CL_SIGNATURE_PROOF_INIT { .se = BN_INIT, .c = BN_INIT }
struct cl_signature_masks { struct bn e, v_second, rho; };
#define CL_SIGNATURE_MASKS_INIT { .e = BN_INIT, .v_second = BN_INIT, \
	.rho = BN_INIT }

void cl_request_release(struct cl_request *r);
void cl_request_masks_release(struct cl_request_masks *m);
void cl_signature_release(struct cl_signature *s);
void cl_signature_proof_release(struct cl_signature_proof *p);
void cl_signature_masks_release(struct cl_signature_masks *m);

/* cl_link_secret(out): a fresh link secret, 256 bits. */
void cl_link_secret(struct bn *out);
/* cl_nonce(out): 80 random bits. */
void cl_nonce(struct bn *out);
/*
 * cl_context(m2, holder, len, index): m2 from the entropy or prover_did text
 * and the registry index, -1 for a credential without.
 */
void cl_context(struct bn *m2, const char *holder, size_t len, int64_t index);

/*
 * cl_request_make(out, v_prime, pk, link, nonce, masks, e): the holder asks.
 * v_prime is secret and kept until the credential comes.  link: |link| < 2^256.
 */
int cl_request_make(struct cl_request *out, struct bn *v_prime,
    const struct cl_pub *pk, const struct bn *link, const struct bn *nonce,
    const struct cl_request_masks *masks, struct err *e);
/* cl_request_check: rule 12; nonce is that of the offer. */
enum cl_verdict cl_request_check(const struct cl_request *r,
    const struct cl_pub *pk, const struct bn *nonce);

/*
 * cl_sign(sig, proof, pk, sk, r, values, m2, nonce, masks, e):
 * Signs values (all attributes, without master_secret) and the blinded link
 * secret of r, which was checked.  nonce is that of the request.  masks->e is
 * then the exponent itself.
 *
 * Returns 0, or -1 with ERR_STRUCTURE (values name other attributes, or one is
 * too long) or ERR_CRYPTO.
 */
int cl_sign(struct cl_signature *sig, struct cl_signature_proof *proof,
    const struct cl_pub *pk, const struct cl_priv *sk,
    const struct cl_request *r, const struct cl_map *values,
    const struct bn *m2, const struct bn *nonce,
    const struct cl_signature_masks *masks, struct err *e);
/*
 * cl_signature_accept(sig, proof, pk, values, link, v_prime, m2, nonce):
 * The holder's checks of rule 13: everything of the signature and its proof;
 * m2 is what cl_context makes of the holder's own text and the index.  When
 * it holds, sig->v has become v' + v''.
 */
enum cl_verdict cl_signature_accept(struct cl_signature *sig,
    const struct cl_signature_proof *proof, const struct cl_pub *pk,
    const struct cl_map *values, const struct bn *link,
    const struct bn *v_prime, const struct bn *m2, const struct bn *nonce);
/* cl_values_check(pk, values, e): values names exactly the attributes of pk,
 * none longer than CL_M bits; else ERR_STRUCTURE. */
int cl_values_check(const struct cl_pub *pk, const struct cl_map *values,
    struct err *e);
/* cl_e_in_range(e): 2^596 <= e <= 2^596 + 2^119. */
bool cl_e_in_range(const struct bn *e);
#endif
