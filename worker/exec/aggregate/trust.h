#ifndef AGGREGATE_TRUST_H
#define AGGREGATE_TRUST_H
#include "../../../lib/base/buf.h"
#include "../../../lib/base/err.h"
/*
 * Whose signature a peer's certificate must have: setting agg_ca_file, read once,
 * before the first fork, since forks reach no file.  Then these certificates are
 * trusted and no others, those of the system neither.
 */
#define AGG_TRUST_MAX	(1u << 20)	/* bytes of the file */
/* agg_trust_read(path, e): 0, or -1 with ERR_CONFIG naming the file: not to be
 * read, longer than AGG_TRUST_MAX, without a certificate, or with one that is none. */
int agg_trust_read(const char *path, struct err *e);
/* agg_trust(): the certificates, PEM; NULL: none were read, whom the system trusts. */
const struct buf *agg_trust(void);
#endif
