#ifndef ANONCREDS_CRED_REQUEST_H
#define ANONCREDS_CRED_REQUEST_H
#include "../cl/issue.h"
#include "number.h"
/*
 * CredentialRequest: the blinded link secret of a holder, and what the holder
 * keeps until the credential comes.  Source: specification 3.6.
 */
struct ac_cred_request {
	struct json_object *json;
	const char *holder;		/* entropy or prover_did: the text of the context */
	const char *cred_def_id;
	struct cl_request blinded;	/* with its correctness proof */
	bool	revocable;		/* ur is there */
	struct g1 ur;
	struct bn nonce;
};
#define AC_CRED_REQUEST_INIT { .blinded = CL_REQUEST_INIT, .nonce = BN_INIT }
/*
 * ac_cred_request_decode(out, o, e): exactly one of entropy and prover_did;
 * hidden is master_secret alone, nothing is committed.  Form and bounds only:
 * the proof is for cl_request_check.  ERR_STRUCTURE, ERR_PAST_LIMIT.
 */
int ac_cred_request_decode(struct ac_cred_request *out, struct json_object *o, struct err *e);
void ac_cred_request_release(struct ac_cred_request *r);
/* holder: under the member that says which it is. */
enum ac_holder { AC_ENTROPY, AC_PROVER_DID };
struct json_object *ac_cred_request_encode(enum ac_holder kind, const char *holder,
    const char *cred_def_id, const struct cl_request *blinded, const struct g1 *ur /* or NULL */,
    const struct bn *nonce);

/*
 * Its metadata: secret, a record of the wallet.  holder is a member of ours, so
 * that the context of the signature can be checked; metadata of other agents
 * has none (NULL), and m_2 is then taken from the credential.
 */
struct ac_cred_request_meta {
	struct json_object *json;
	struct bn v_prime, nonce;
	bool	revocable;		/* vr_prime is there */
	struct fr vr_prime;
	const char *link_secret_name, *holder;
};
#define AC_CRED_REQUEST_META_INIT { .v_prime = BN_INIT, .nonce = BN_INIT }
int ac_cred_request_meta_decode(struct ac_cred_request_meta *out, struct json_object *o, struct err *e);
void ac_cred_request_meta_release(struct ac_cred_request_meta *m);	/* wipes the numbers */
struct json_object *ac_cred_request_meta_encode(const struct bn *v_prime,
    const struct fr *vr_prime /* or NULL */, const struct bn *nonce,
    const char *link_secret_name, const char *holder);
#endif
