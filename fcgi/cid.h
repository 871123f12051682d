#ifndef FCGI_CID_H
#define FCGI_CID_H
#include <stddef.h>
#define CID_TEXT	47		/* CIDv0 and its NUL */
#define CID_BLOCK_MAX	(256u << 10)	/* bytes that the usual tools put into one block */
/*
 * cid_of_file(out, p, n): the CIDv0 of n bytes as a one-block UnixFS file: base58
 * of 12 20 and the SHA-256 of the dag-pb node.  Above CID_BLOCK_MAX the text is
 * "": such a file has several blocks.  Sources: UnixFS and DAG-PB specifications
 * (specs.ipfs.tech); "hello world\n" is QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o.
 */
void cid_of_file(char out[CID_TEXT], const void *p, size_t n);
#endif
