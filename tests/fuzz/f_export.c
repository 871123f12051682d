/*
 * Export files from outside.  The first byte chooses: the input is a whole file
 * under a known key; or the plaintext behind a good header, sealed here, so that
 * the records are reached; and in what pieces the reader gets it.  Records that
 * come out are written and read again, and are the same.
 * Reaches: lib/crypt/wallet/export_header.c lib/crypt/wallet/import_reader.c lib/crypt/wallet/export_writer.c
 */
#include "../../lib/crypt/wallet/exportfile.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t key[WALLET_MASTER] = "a key that everybody may know...";
static const struct secret master = { key, sizeof(key) };

/* Each record is added to a digest and, when there is one, to a writer. */
struct tally {
	struct sha256 sum;
	struct export_writer *w;
};

static void
add(struct sha256 *s, const char *p, size_t n)
{
	sha256_update(s, &n, sizeof(n));
	sha256_update(s, p, n);
}

static int
record(void *ctx, const struct record *r, struct err *e)
{
	struct tally *t = ctx;
	const char *tags = json_text(r->tags);

	if (!utf8_valid(r->value, r->value_len))
		abort();
	add(&t->sum, r->type, strlen(r->type));
	add(&t->sum, r->name, strlen(r->name));
	add(&t->sum, r->value, r->value_len);
	add(&t->sum, tags, strlen(tags));
	if (t->w != NULL && export_writer_put(t->w, r, e) == -1)
		abort();	/* what was read can be written */
	return 0;
}

static int
read_all(struct tally *t, const uint8_t *p, size_t n, size_t step)
{
	const struct import_sink sink = { record, t };
	struct import_reader *r = NULL;
	struct export_header h;
	struct err e = ERR_INIT;
	size_t used;
	int bad;

	if (export_header_read(&h, p, n, &used, &e) != 1)
		return -1;
	if (used > n || h.method == WALLET_MANAGED || import_reader_new(&r, &h, &master, &sink, &e) == -1)
		abort();
	p += used;
	n -= used;
	bad = 0;
	for (size_t take; bad == 0 && n > 0; p += take, n -= take) {
		take = n < step ? n : step;
		bad = import_reader_feed(r, p, take, &e);
	}
	if (bad == 0)
		bad = import_reader_end(r, &e);
	import_reader_free(r);
	return bad;
}

static int
append(void *ctx, const void *p, size_t n, struct err *e)
{
	(void)e;
	buf_add(ctx, p, n);
	return 0;
}

/* seal: a file with this plaintext behind the header's digest. */
static void
seal(struct buf *out, const uint8_t *p, size_t n)
{
	struct export_header h = { .method = WALLET_RAW, .nonce = { 0xfe, 0xff } };
	CLEANUP(buf_release) struct buf clear = BUF_INIT;
	CLEANUP(aead_release) struct aead a = AEAD_INIT;
	uint8_t header[EXPORT_HEADER], sealed[EXPORT_CHUNK + AEAD_TAG];

	buf_add(out, header, export_header_write(&h, header));
	buf_add(&clear, h.digest, sizeof(h.digest));
	buf_add(&clear, p, n);
	aead_init(&a, key, sizeof(key), NULL);
	for (size_t at = 0, take; at < clear.len; at += take) {
		take = clear.len - at < EXPORT_CHUNK ? clear.len - at : EXPORT_CHUNK;
		aead_seal(&a, sealed, h.nonce, NULL, 0, clear.data + at, take);
		buf_add(out, sealed, take + AEAD_TAG);
		for (size_t i = 0; i < AEAD_NONCE && ++h.nonce[i] == 0; i++)
			continue;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = { 1, 17, 1040, 4096 };
	CLEANUP(buf_release) struct buf file = BUF_INIT, again = BUF_INIT_MAX(4u << 20);
	const struct export_sink sink = { append, &again };
	struct export_header h = { .method = WALLET_ARGON2I_MOD, .time_s = 1u << 31 };
	struct tally first = { .w = NULL }, second = { .w = NULL };
	uint8_t one[SHA256_LEN], two[SHA256_LEN];
	struct err e = ERR_INIT;
	size_t step;
	bool good;

	if (size == 0 || size > 1u << 16)
		return 0;
	step = steps[data[0] / 2 % 4];
	if (data[0] % 2 == 0)
		buf_add(&file, data + 1, size - 1);
	else
		seal(&file, data + 1, size - 1);
	if (export_writer_new(&first.w, &h, &master, &sink, &e) == -1)
		abort();
	sha256_init(&first.sum);
	good = read_all(&first, (const uint8_t *)file.data, file.len, step) == 0;
	sha256_final(&first.sum, one);
	if (export_writer_end(first.w, &e) == -1)
		abort();
	export_writer_free(first.w);
	if (!good)
		return 0;
	sha256_init(&second.sum);
	if (read_all(&second, (const uint8_t *)again.data, again.len, 4096) == -1)
		abort();
	sha256_final(&second.sum, two);
	if (memcmp(one, two, sizeof(one)) != 0)
		abort();
	return 0;
}
