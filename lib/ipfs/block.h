#ifndef IPFS_BLOCK_H
#define IPFS_BLOCK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "../crypt/sha256.h"
/*
 * One block of a UnixFS file: a dag-pb node (links to further blocks, a piece of
 * the file, or both), or a raw leaf.  Decoder of our own, as small as files
 * need; blocks come from strangers, so every number is bounded before use.
 * Source: ipld.io/specs/codecs/dag-pb, github.com/ipfs/specs UNIXFS.md,
 * github.com/multiformats/cid.
 */
#define IPFS_LINKS_MAX	1024		/* of one block: more than go-ipfs makes (174) */
#define IPFS_BLOCK_MAX	(2u << 20)	/* bytes: what bitswap carries */
#define IPFS_NAME_TEXT	64		/* a block's name as text, with NUL */
struct ipfs_link {
	bool	raw;			/* the bytes are the file's; else a dag-pb node */
	uint8_t	digest[SHA256_LEN];	/* of the block */
};
struct ipfs_node {
	const uint8_t *data;		/* this block's piece of the file; borrowed */
	size_t	n_data;
	int64_t	size;			/* of the file below this block; -1: not said */
	size_t	n_links;
	struct ipfs_link links[IPFS_LINKS_MAX];
};
/* ipfs_cid_parse: a CIDv0 of 46 characters: 0, or -1 with ERR_VALIDATION. */
int ipfs_cid_parse(struct ipfs_link *out, const char *cid, struct err *e);
/* ipfs_name: CIDv0 for a node, CIDv1 (base32) for a raw leaf. */
void ipfs_name(char out[IPFS_NAME_TEXT], const struct ipfs_link *l);
/* ipfs_check: do the bytes have that digest?  0, or -1 with ERR_CONFLICT. */
int ipfs_check(const struct ipfs_link *l, const void *p, size_t n, struct err *e);
/*
 * ipfs_decode(out, l, p, n, e): what a block that was checked holds.  0, or -1
 * with ERR_PROTO: no dag-pb, no file (a directory, a link), or beyond a bound.
 */
int ipfs_decode(struct ipfs_node *out, const struct ipfs_link *l, const uint8_t *p, size_t n, struct err *e);
#endif
