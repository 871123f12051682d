#ifndef KIND_K_IPFS_PROBE_H
#define KIND_K_IPFS_PROBE_H
#include "kind.h"
/* ipfs.probe: does the IPFS node answer?  For the check of that name. */
extern const struct kind k_ipfs_probe;
#endif
