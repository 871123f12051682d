#include "block.h"

#include <stdlib.h>
#include <string.h>

#include "../base/codec.h"

#define MULTIHASH_LEN	(2 + SHA256_LEN)	/* 0x12 (sha2-256), 0x20, digest */
#define CID1_LEN	(2 + MULTIHASH_LEN)	/* 0x01, codec, multihash */
#define CODEC_DAG_PB	0x70
#define CODEC_RAW	0x55
#define FIELDS_MAX	8192			/* of one message */
#define UNIXFS_RAW	0
#define UNIXFS_FILE	2
#define SIZE_MAX_FILE	(INT64_C(1) << 50)

/* ---- names -------------------------------------------------------------- */

static bool
is_sha256(const uint8_t *mh, size_t n)
{
	return n == MULTIHASH_LEN && mh[0] == 0x12 && mh[1] == SHA256_LEN;
}

int
ipfs_cid_parse(struct ipfs_link *out, const char *cid, struct err *e)
{
	uint8_t mh[B58_MAX];
	ssize_t n = strlen(cid) == 46 ? b58_decode(mh, sizeof(mh), cid, 46) : -1;

	if (n == -1 || !is_sha256(mh, (size_t)n))
		return err_set(e, ERR_VALIDATION, "cid: no CIDv0");
	out->raw = false;
	memcpy(out->digest, mh + 2, SHA256_LEN);
	return 0;
}

void
ipfs_name(char out[IPFS_NAME_TEXT], const struct ipfs_link *l)
{
	uint8_t cid[CID1_LEN] = { 0x01, CODEC_RAW, 0x12, SHA256_LEN };

	memcpy(cid + 4, l->digest, SHA256_LEN);
	if (!l->raw) {
		if (b58_encode(out, IPFS_NAME_TEXT, cid + 2, MULTIHASH_LEN) == -1)
			abort();	/* 46 characters, always */
		return;
	}
	out[0] = 'b';
	b32_encode(out + 1, cid, sizeof(cid));
}

int
ipfs_check(const struct ipfs_link *l, const void *p, size_t n, struct err *e)
{
	uint8_t digest[SHA256_LEN];

	sha256(digest, p, n);
	if (memcmp(digest, l->digest, sizeof(digest)) != 0)
		return err_set(e, ERR_CONFLICT, "a block does not have its hash");
	return 0;
}

/* ---- protobuf ----------------------------------------------------------- */

/* A message that is being read; one field at a time. */
struct reader { const uint8_t *p, *end; size_t n; };
struct item {
	unsigned no, type;		/* type 0: value; 2: bytes */
	uint64_t value;
	const uint8_t *p;
	size_t	len;
};

static int
varint(struct reader *r, uint64_t *out, struct err *e)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 63; shift += 7) {
		if (r->p == r->end)
			return err_set(e, ERR_PROTO, "a block ends in a number");
		v |= (uint64_t)(*r->p & 0x7f) << shift;
		if ((*r->p++ & 0x80) == 0) {
			*out = v;
			return 0;
		}
	}
	return err_set(e, ERR_PROTO, "a number of over 63 bits");
}

/* next: 1 with the next field, 0 at the end, -1. */
static int
next(struct reader *r, struct item *i, struct err *e)
{
	uint64_t tag;

	if (r->p == r->end)
		return 0;
	if (++r->n > FIELDS_MAX)
		return err_set(e, ERR_PROTO, "over %d fields", FIELDS_MAX);
	if (varint(r, &tag, e) == -1 || varint(r, &i->value, e) == -1)
		return -1;
	if (tag >> 3 == 0 || tag >> 3 > 15)
		return err_set(e, ERR_PROTO, "an unknown field");
	i->no = (unsigned)(tag >> 3);
	i->type = (unsigned)(tag & 7);
	if (i->type == 0)
		return 1;
	if (i->type != 2)
		return err_set(e, ERR_PROTO, "a field of an unknown type");
	if (i->value > (uint64_t)(r->end - r->p))
		return err_set(e, ERR_PROTO, "a field goes past the end of its block");
	i->p = r->p;
	i->len = (size_t)i->value;
	r->p += i->len;
	return 1;
}

/* is: the field no of that type. */
static bool
is(const struct item *i, unsigned no, unsigned type)
{
	return i->no == no && i->type == type;
}

/* ---- dag-pb ------------------------------------------------------------- */

static int
link_of_cid(struct ipfs_link *out, const uint8_t *p, size_t n, struct err *e)
{
	const uint8_t *mh = p;
	uint8_t codec = CODEC_DAG_PB;

	if (n == CID1_LEN && p[0] == 1) {
		codec = p[1];
		mh = p + 2;
		n -= 2;
	}
	if (!is_sha256(mh, n) || (codec != CODEC_DAG_PB && codec != CODEC_RAW))
		return err_set(e, ERR_PROTO, "a link of an unknown kind");
	out->raw = codec == CODEC_RAW;
	memcpy(out->digest, mh + 2, SHA256_LEN);
	return 0;
}

/* read_link: Hash (1), Name (2) and Tsize (3), which says nothing that is to be believed. */
static int
read_link(struct ipfs_node *n, const struct item *msg, struct err *e)
{
	struct reader r = { .p = msg->p, .end = msg->p + msg->len };
	bool have = false;
	struct item i;
	int rc;

	if (n->n_links == IPFS_LINKS_MAX)
		return err_set(e, ERR_PROTO, "over %d links in one block", IPFS_LINKS_MAX);
	while ((rc = next(&r, &i, e)) == 1) {
		if (!is(&i, 1, 2))
			continue;
		if (have || link_of_cid(&n->links[n->n_links], i.p, i.len, e) == -1)
			return have ? err_set(e, ERR_PROTO, "a link with two hashes") : -1;
		have = true;
	}
	if (rc == -1)
		return -1;
	if (!have)
		return err_set(e, ERR_PROTO, "a link without a hash");
	n->n_links++;
	return 0;
}

/* read_unixfs: Type (1), Data (2), filesize (3); block sizes and the rest are not needed. */
static int
read_unixfs(struct ipfs_node *n, const struct item *msg, struct err *e)
{
	struct reader r = { .p = msg->p, .end = msg->p + msg->len };
	int64_t type = -1;
	struct item i;
	int rc;

	while ((rc = next(&r, &i, e)) == 1) {
		if (is(&i, 1, 0)) {
			type = (int64_t)i.value;
		} else if (is(&i, 2, 2)) {
			n->data = i.p;
			n->n_data = i.len;
		} else if (is(&i, 3, 0)) {
			n->size = i.value < (uint64_t)SIZE_MAX_FILE ? (int64_t)i.value : SIZE_MAX_FILE;
		}
	}
	if (rc == -1)
		return -1;
	return type == UNIXFS_FILE || type == UNIXFS_RAW ? 0 : err_set(e, ERR_PROTO, "not a file");
}

int
ipfs_decode(struct ipfs_node *out, const struct ipfs_link *l, const uint8_t *p, size_t n, struct err *e)
{
	struct reader r = { .p = p, .end = p + n };
	bool have = false;
	struct item i;
	int rc;

	out->data = NULL;
	out->n_data = out->n_links = 0;
	out->size = -1;
	if (l->raw) {
		out->data = p;
		out->n_data = n;
		return 0;
	}
	while ((rc = next(&r, &i, e)) == 1) {
		if (is(&i, 2, 2) && read_link(out, &i, e) == -1)
			return -1;
		if (is(&i, 1, 2) && (have || read_unixfs(out, &i, e) == -1))
			return have ? err_set(e, ERR_PROTO, "a node with two pieces of data") : -1;
		have = have || is(&i, 1, 2);
	}
	if (rc == -1)
		return -1;
	return have ? 0 : err_set(e, ERR_PROTO, "not a file");
}
