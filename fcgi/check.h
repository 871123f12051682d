#ifndef FCGI_CHECK_H
#define FCGI_CHECK_H
#include "../lib/base/err.h"
#include "auth.h"
struct exch;
/*
 * check_load(x, retry_ms, e): may a request of x's route come in now?  Asked
 * before its body is kept, of figures at most a second old.
 *
 * Returns 0, or -1 with e; *retry_ms is set when the refusal knows better than
 * its code when to come again.
 */
int check_load(const struct exch *x, int64_t *retry_ms, struct err *e);
/*
 * check_request(x, id, e): everything else that is looked at before the
 * handler, in the order of the compute specification, section 1.5; the first
 * refusal answers.  Fills rq (json, peer_id, token, spender, idem_key) and id.
 *
 * Returns 0; 1 when the key of id->peer must be fetched into the keyring first,
 * after which all is checked again; or -1 with e.
 */
int check_request(struct exch *x, struct auth_id *id, struct err *e);
#endif
