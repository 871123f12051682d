#ifndef SANDBOX_HOST_H
#define SANDBOX_HOST_H
#include <stdio.h>
#include <sys/types.h>
#include "../../lib/base/err.h"

#define HOST_ID_RANGE	65536	/* uids of one container */
#define HOST_SLOTS	4096	/* containers of one host at a time */

/**
 * host_claim_ids(base, lock, first, e):
 * The first range of uids from `first` on that no other sandbox of this host
 * uses; it is ours until *lock is closed or this process ends.
 */
int host_claim_ids(uid_t *base, int *lock, uid_t first, struct err *e);
#endif
