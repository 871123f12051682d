#ifndef ANONCREDS_HOLDER_H
#define ANONCREDS_HOLDER_H
#include "cred_def.h"
#include "cred_request.h"
#include "credential.h"
#include "offer.h"
#include "rev_reg.h"
/* How a holder gets a credential.  As issuer.h: pure, objects out. */
struct ac_want {
	const struct ac_offer *offer;
	const struct ac_cred_def *def;
	const struct bn *link;		/* the link secret */
	const char *link_secret_name;
	enum ac_holder kind;
	const char *holder;		/* entropy or prover_did */
};
/*
 * ac_holder_request(request, meta, want, e): the CredentialRequest and its
 * metadata (secret).  The proof of the issuer's key is checked first (rule 13):
 * ERR_PROOF_REJECTED.
 */
int ac_holder_request(struct json_object **request, struct json_object **meta,
    const struct ac_want *want, struct err *e);

struct ac_accept {
	const struct ac_cred_def *def;
	const struct ac_cred_request_meta *meta;
	const struct bn *link;
	const struct ac_rev_reg *rev_reg;	/* NULL: the credential is not revocable */
	bool	check_encoding;
};
/*
 * ac_holder_accept(out, c, in, e): all checks of rule 13: signature and its proof,
 * m_2, the revocation part and, when the issuer sent accumulator and witness,
 * that they fit.  *out is the credential to keep (v' + v'', vr' + vr''); c has
 * become it too.  ERR_PROOF_REJECTED with the word of what is wrong.
 */
int ac_holder_accept(struct json_object **out, struct ac_credential *c,
    const struct ac_accept *in, struct err *e);
#endif
