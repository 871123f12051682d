#include "cid.h"
#include <sodium.h>
#include <stdint.h>
#include "../lib/base/codec.h"

#define PB_BYTES(field)		((field) << 3 | 2)	/* protobuf wire type 2 */
#define PB_VARINT(field)	((field) << 3)
#define HEAD_MAX		32

static size_t
varint(uint8_t *out, size_t v)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		out[n++] = (uint8_t)(v | 0x80);
	out[n++] = (uint8_t)v;
	return n;
}

/* Data{Type = File, Data = bytes, filesize}: what stands before and after the bytes. */
static size_t
unixfs_head(uint8_t *out, size_t n)
{
	size_t k = 0;

	out[k++] = PB_VARINT(1);
	out[k++] = 2;
	if (n > 0) {
		out[k++] = PB_BYTES(2);
		k += varint(out + k, n);
	}
	return k;
}

static size_t
unixfs_tail(uint8_t *out, size_t n)
{
	out[0] = PB_VARINT(3);
	return 1 + varint(out + 1, n);
}

void
cid_of_file(char out[CID_TEXT], const void *p, size_t n)
{
	uint8_t node[HEAD_MAX], head[HEAD_MAX], tail[HEAD_MAX], multihash[34] = { 0x12, 0x20 };
	size_t head_n = unixfs_head(head, n), tail_n = unixfs_tail(tail, n), node_n;
	crypto_hash_sha256_state st;

	out[0] = '\0';
	if (n > CID_BLOCK_MAX)
		return;
	node[0] = PB_BYTES(1);
	node_n = 1 + varint(node + 1, head_n + n + tail_n);
	crypto_hash_sha256_init(&st);
	crypto_hash_sha256_update(&st, node, node_n);
	crypto_hash_sha256_update(&st, head, head_n);
	crypto_hash_sha256_update(&st, p, n);
	crypto_hash_sha256_update(&st, tail, tail_n);
	crypto_hash_sha256_final(&st, multihash + 2);
	b58_encode(out, CID_TEXT, multihash, sizeof(multihash));
}
