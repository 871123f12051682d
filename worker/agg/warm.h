#ifndef AGG_WARM_H
#define AGG_WARM_H
#include "../../lib/base/err.h"
/*
 * warm_up(e): what every job needs and no job changes, made once before the
 * first fork: the libraries' self-tests and tables, which also open files that
 * confine() forbids.  Public things only.  0, or -1 with ERR_CRYPTO.
 */
int warm_up(struct err *e);
#endif
