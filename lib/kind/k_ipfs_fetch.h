#ifndef KIND_K_IPFS_FETCH_H
#define KIND_K_IPFS_FETCH_H
#include "kind.h"
/* ipfs.fetch: the script behind a CIDv0, block by block, each checked.  The
 * result goes to core.fetch_done, which lets the computation go on. */
struct ipfs_fetch_args {
	const char *cid;	/* borrowed from the spec */
};
extern const struct kind k_ipfs_fetch;
#endif
