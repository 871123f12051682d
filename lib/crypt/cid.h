#ifndef CRYPT_CID_H
#define CRYPT_CID_H
#include <stddef.h>
#include "../base/err.h"
/*
 * cid_of_file(out, p, n, e): the CIDv0 ("Qm...") under which IPFS knows a file
 * of one UnixFS block: base58 of the SHA-256 multihash of a dag-pb node without
 * links.  Returns 0, or -1 with ERR_LIMIT above CID_FILE_MAX bytes, where IPFS
 * would split the file.  Source: github.com/ipfs/specs, UnixFS.
 */
#define CID_TEXT	47		/* 46 characters and NUL */
#define CID_FILE_MAX	(256u << 10)	/* bytes: one default chunk */
int cid_of_file(char out[CID_TEXT], const void *p, size_t n, struct err *e);
#endif
