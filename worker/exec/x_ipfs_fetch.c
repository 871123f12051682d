/*
 * ipfs.fetch: a script by its CID.  Every block is checked against the hash
 * that named it before a byte of it is looked at, so the node that serves them
 * need not be trusted: it can refuse, or waste at most FETCH_MS and BYTES_MAX.
 */
#include "x_ipfs_fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/ipfs/block.h"
#include "../../lib/kind/k_ipfs_fetch.h"
#include "../../lib/net/httpc.h"

#define FETCH_MS	30000		/* all blocks together */
#define SCRIPT_MAX	(1u << 20)	/* bytes of the file */
#define BYTES_MAX	(4u << 20)	/* of all blocks */
#define BLOCKS_MAX	2048
#define DEPTH_MAX	6
#define URL_TEXT	1200

struct fetch {
	struct xio *io;
	struct httpc *http;
	int64_t	until_us;
	size_t	bytes, blocks;
	struct buf file;
};

static int
heed(void *arg, struct err *e)
{
	return xio_wait(arg, 0, e);
}

/* get: one block, checked. */
static int
get(struct fetch *f, const struct ipfs_link *l, struct buf *out, struct err *e)
{
	int64_t left_ms = (f->until_us - clock_mono_us()) / 1000;
	size_t room = BYTES_MAX - f->bytes;
	char name[IPFS_NAME_TEXT], url[URL_TEXT];
	long status = 0;

	if (left_ms <= 0)
		return err_set(e, ERR_TIMEOUT, "no answer in time");
	if (f->blocks++ == BLOCKS_MAX)
		return err_set(e, ERR_LIMIT, "over %d blocks", BLOCKS_MAX);
	ipfs_name(name, l);
	snprintf(url, sizeof(url), "%s/api/v0/block/get?arg=%s", f->io->outside.ipfs_api, name);
	if (httpc_post(f->http, &(const struct httpc_req){ .url = url, .timeout_ms = left_ms,
	    .max_bytes = room < IPFS_BLOCK_MAX ? room : IPFS_BLOCK_MAX }, out, &status, e) == -1)
		return -1;
	if (status != 200)
		return err_set(e, ERR_SYS, "HTTP status %ld", status);
	f->bytes += out->len;
	return ipfs_check(l, out->data != NULL ? out->data : "", out->len, e);
}

static int
append(struct fetch *f, const struct ipfs_node *n, struct err *e)
{
	if (n->size > SCRIPT_MAX)
		return err_set(e, ERR_LIMIT, "a script of over %u bytes", SCRIPT_MAX);
	buf_add(&f->file, n->data != NULL ? n->data : (const uint8_t *)"", n->n_data);
	return f->file.failed ? err_set(e, ERR_LIMIT, "a script of over %u bytes", SCRIPT_MAX) : 0;
}

/* walk: the file below this block, in order. */
static int
walk(struct fetch *f, const struct ipfs_link *l, unsigned depth, struct err *e)
{
	CLEANUP(cleanup_free) struct ipfs_node *n = malloc(sizeof(*n));
	CLEANUP(buf_release) struct buf block = BUF_INIT;
	const uint8_t *p;

	if (n == NULL)
		abort();
	if (depth > DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "over %d levels of blocks", DEPTH_MAX);
	if (get(f, l, &block, e) == -1)
		return -1;
	p = block.data != NULL ? (const uint8_t *)block.data : (const uint8_t *)"";
	if (ipfs_decode(n, l, p, block.len, e) == -1 || append(f, n, e) == -1)
		return -1;
	for (size_t i = 0; i < n->n_links; i++)
		if (walk(f, &n->links[i], depth + 1, e) == -1)
			return -1;
	return 0;
}

static int
fetch(struct fetch *f, const char *cid, struct err *e)
{
	struct ipfs_link root;

	if (f->io->outside.ipfs_api == NULL)
		return err_set(e, ERR_CONFIG, "no ipfs_api on this host");
	f->http = httpc_new(heed, f->io, e);
	if (f->http == NULL || ipfs_cid_parse(&root, cid, e) == -1 || walk(f, &root, 1, e) == -1)
		return -1;
	if (f->file.len == 0 || memchr(f->file.data, '\0', f->file.len) != NULL ||
	    !utf8_valid(f->file.data, f->file.len))
		return err_set(e, ERR_PROTO, "not a script: UTF-8 without NUL is needed");
	return 0;
}

static struct json_object *
said_bad(const struct err *why)
{
	struct json_object *o = json_object_new_object();

	json_add_str(o, "reason", why->code == ERR_CONFLICT ? "CODE_MISMATCH" : "CODE_UNAVAILABLE");
	json_add_str(o, "why", why->msg);
	return o;
}

static struct json_object *
said_file(const struct buf *file)
{
	struct json_object *o = json_object_new_object();
	CLEANUP(cleanup_free) char *b64 = malloc(B64_LEN(file->len));
	char hex[SHA256_HEX];

	if (b64 == NULL)
		abort();
	b64_encode(b64, file->data, file->len);
	sha256_hex(hex, file->data, file->len);
	json_add_str(o, "sha256", hex);
	json_add_str(o, "data_b64", b64);
	return o;
}

static int
ipfs_fetch_run(const void *args, struct xio *io, struct err *e)
{
	const struct ipfs_fetch_args *a = args;
	struct fetch f = { .io = io, .until_us = clock_mono_us() + FETCH_MS * INT64_C(1000),
	    .file = BUF_INIT_MAX(SCRIPT_MAX) };
	struct err why = ERR_INIT;
	int rc = fetch(&f, a->cid, &why);

	httpc_free(&f.http);
	if (rc == -1 && (why.code == ERR_CANCELLED || clock_mono_us() >= io->deadline_us)) {
		*e = why;
	} else {
		xio_result(io, rc == -1 ? said_bad(&why) : said_file(&f.file));
		rc = 0;
	}
	buf_release(&f.file);
	return rc;
}

const struct executor x_ipfs_fetch = { .kind = &k_ipfs_fetch, .run = ipfs_fetch_run };
