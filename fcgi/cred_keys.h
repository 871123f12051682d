#ifndef FCGI_CRED_KEYS_H
#define FCGI_CRED_KEYS_H
#include "../lib/base/conf.h"
#include "../lib/base/err.h"
#include "../lib/crypt/seal.h"
/*
 * What a front knows of keys: the public half of the node's, and the result key,
 * which is its own.  It can seal what a client entrusts to the node and cannot
 * open it again; it opens private results for the one who submitted.
 */
struct cred_keys {
	uint8_t	node[SEAL_KEY];		/* public */
	struct seal_key result;
	struct secret idem;		/* of cred_digest(), derived from the result key */
};
/*
 * cred_keys_read(out, c, e): by node_public_file and result_key_file.  1 with
 * *out the caller's, 0 when one of them is not set or not there (the node serves
 * no credentials), -1 with ERR_CONFIG when one is there and is no key.
 */
int cred_keys_read(struct cred_keys **out, const struct conf *c, struct err *e);
void cred_keys_free(struct cred_keys *k);	/* NULL is fine */
#endif
