/* The reading direction of lib/crypt/wallet/exportfile.h. */
#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../../base/json.h"
#include "../../base/msgpack.h"
#include "../ct.h"
#include "export_nonce.h"
#include "exportfile.h"

#define SEALED	(EXPORT_CHUNK + AEAD_TAG)
#define LENGTH	4	/* bytes of a record's length */

enum part { PART_DIGEST, PART_LENGTH, PART_RECORD, PART_ENDED };

struct import_reader {
	struct import_sink sink;
	struct aead aead;
	uint8_t	nonce[AEAD_NONCE], digest[SHA256_LEN];
	uint8_t	sealed[SEALED];		/* a chunk that fills up */
	size_t	sealed_len;
	bool	opened;			/* a chunk was: the key is right */
	enum part part;			/* what the next bytes in clear are */
	size_t	want;			/* bytes of it */
	struct wbuf got;		/* of those, so far */
	size_t	records;
};

int
import_reader_new(struct import_reader **out, const struct export_header *h,
    const struct secret *master, const struct import_sink *sink, struct err *e)
{
	struct import_reader *r = calloc(1, sizeof(*r));

	if (r == NULL)
		abort();
	r->sink = *sink;
	memcpy(r->nonce, h->nonce, AEAD_NONCE);
	memcpy(r->digest, h->digest, SHA256_LEN);
	r->part = PART_DIGEST;
	r->want = SHA256_LEN;
	r->got = (struct wbuf)WBUF_INIT_MAX(EXPORT_RECORD_MAX);
	if (aead_init(&r->aead, master->p, master->len, e) == -1) {
		import_reader_free(r);
		return -1;
	}
	*out = r;
	return 0;
}

void
import_reader_free(struct import_reader *r)
{
	if (r == NULL)
		return;
	aead_release(&r->aead);
	wbuf_release(&r->got);
	explicit_bzero(r->sealed, sizeof(r->sealed));
	free(r);
}

/* take_text: text of min..max bytes without NUL, as a string of its own. */
static int
take_text(struct wbuf *out, struct msgpack *m, const char *name, size_t min,
    size_t max, struct err *e)
{
	const char *p;
	size_t n;

	if (msgpack_str(m, &p, &n) == -1 || n < min || memchr(p, '\0', n) != NULL)
		return err_set(e, ERR_STRUCTURE, "%s: is no text", name);
	if (n > max)
		return err_set(e, ERR_PAST_LIMIT, "%s: above %zu bytes", name, max);
	wbuf_add(out, p, n);
	wbuf_add(out, "", 1);
	return 0;
}

static int
take_tags(struct json_object *tags, struct msgpack *m, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf text = WBUF_INIT_MAX(4 * RECORD_TAG_MAX);
	size_t n, value;

	if (msgpack_map(m, &n) == -1)
		return err_set(e, ERR_STRUCTURE, "tags: is no map");
	if (n > RECORD_TAGS_MAX)
		return err_set(e, ERR_PAST_LIMIT, "tags: above %d of them",
		    RECORD_TAGS_MAX);
	for (size_t i = 0; i < n; i++) {
		wbuf_reset(&text);
		if (take_text(&text, m, "tags", 1, RECORD_TAG_MAX + 1, e) == -1)
			return -1;
		value = text.len;
		if (take_text(&text, m, "tags", 0, RECORD_TAG_MAX, e) == -1)
			return -1;
		if (json_object_object_get_ex(tags, (char *)text.data, NULL))
			return err_set(e, ERR_STRUCTURE, "tags: one is there twice");
		json_add_str(tags, (char *)text.data, (char *)text.data + value);
	}
	return 0;
}

/* record: the msgpack of one record is complete: [type, id, value, {tags}]. */
static int
record(struct import_reader *r, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf text =
	    WBUF_INIT_MAX(RECORD_TYPE_MAX + RECORD_NAME_MAX + 2);
	CLEANUP(json_put) struct json_object *tags = json_object_new_object();
	struct msgpack m = { r->got.data, r->got.len };
	struct record rec = { .tags = tags };
	size_t n, name;

	if (msgpack_array(&m, &n) == -1 || n != 4)
		return err_set(e, ERR_STRUCTURE, "not an array of four");
	if (take_text(&text, &m, "type", 1, RECORD_TYPE_MAX, e) == -1)
		return -1;
	name = text.len;
	if (take_text(&text, &m, "id", 1, RECORD_NAME_MAX, e) == -1)
		return -1;
	if (msgpack_str(&m, &rec.value, &rec.value_len) == -1)
		return err_set(e, ERR_STRUCTURE, "value: is no text");
	if (take_tags(tags, &m, e) == -1)
		return -1;
	if (m.n != 0)
		return err_set(e, ERR_STRUCTURE, "more bytes than a record has");
	rec.type = (char *)text.data;
	rec.name = (char *)text.data + name;
	return r->sink.record(r->sink.ctx, &rec, e);
}

/* part_length: how long the next record is; none is the end mark. */
static int
part_length(struct import_reader *r, struct err *e)
{
	const uint8_t *p = r->got.data;
	uint32_t n = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;

	if (n > EXPORT_RECORD_MAX)
		return err_set(e, ERR_PAST_LIMIT, "record %zu: above %u bytes",
		    r->records, EXPORT_RECORD_MAX);
	r->part = n == 0 ? PART_ENDED : PART_RECORD;
	r->want = n;
	return 0;
}

static int
part_record(struct import_reader *r, struct err *e)
{
	if (record(r, e) == -1)
		return err_wrap(e, "record %zu", r->records);
	r->records++;
	r->part = PART_LENGTH;
	r->want = LENGTH;
	return 0;
}

/* part_digest: a header that was changed is found here, as its nonce and salt
 * would be by the first tag. */
static int
part_digest(struct import_reader *r, struct err *e)
{
	if (!ct_equal(r->got.data, r->digest, SHA256_LEN))
		return err_set(e, ERR_WALLET_ACCESS, "the export does not open");
	r->part = PART_LENGTH;
	r->want = LENGTH;
	return 0;
}

static int (*const parts[])(struct import_reader *r, struct err *e) = {
	[PART_DIGEST] = part_digest,
	[PART_LENGTH] = part_length,
	[PART_RECORD] = part_record,
};

/* clear: authenticated bytes. */
static int
clear(struct import_reader *r, const uint8_t *p, size_t n, struct err *e)
{
	for (size_t take; n > 0; p += take, n -= take) {
		if (r->part == PART_ENDED)
			return err_set(e, ERR_STRUCTURE,
			    "bytes follow the end of the export");
		take = r->want - r->got.len;
		if (take > n)
			take = n;
		wbuf_add(&r->got, p, take);
		if (r->got.failed)
			return err_set(e, ERR_LIMIT, "no memory for a record");
		if (r->got.len < r->want)
			continue;
		if (parts[r->part](r, e) == -1)
			return -1;
		wbuf_reset(&r->got);
	}
	return 0;
}

/* open_chunk: 1, or 0 when it does not authenticate, or -1. */
static int
open_chunk(struct import_reader *r, struct err *e)
{
	uint8_t text[EXPORT_CHUNK];
	int bad;

	if (aead_open(&r->aead, text, r->nonce, NULL, 0, r->sealed, r->sealed_len) == -1)
		return 0;
	export_nonce_next(r->nonce);
	bad = clear(r, text, r->sealed_len - AEAD_TAG, e);
	explicit_bzero(text, sizeof(text));
	r->opened = true;
	r->sealed_len = 0;
	return bad == -1 ? -1 : 1;
}

int
import_reader_feed(struct import_reader *r, const void *p, size_t n, struct err *e)
{
	const uint8_t *in = p;
	int opened;

	for (size_t take; n > 0; in += take, n -= take) {
		if (r->part == PART_ENDED)
			return err_set(e, ERR_STRUCTURE,
			    "bytes follow the end of the export");
		take = SEALED - r->sealed_len;
		if (take > n)
			take = n;
		memcpy(r->sealed + r->sealed_len, in, take);
		r->sealed_len += take;
		if (r->sealed_len < SEALED)
			continue;
		opened = open_chunk(r, e);
		if (opened == 0)
			return err_set(e, ERR_WALLET_ACCESS,
			    "the export does not open");
		if (opened == -1)
			return -1;
	}
	return 0;
}

/*
 * cut_short: whether a last chunk that does not authenticate is one whose end
 * is missing, rather than one under another key.  The key is right when a chunk
 * was opened, or when it encrypts the header's digest, which is what a body
 * begins with, to the body's beginning; with less than the shortest body the
 * end is missing whatever the key.
 */
static bool
cut_short(struct import_reader *r)
{
	uint8_t begin[SHA256_LEN + AEAD_TAG];

	if (r->opened || r->sealed_len < SHA256_LEN + LENGTH + AEAD_TAG)
		return true;
	aead_seal(&r->aead, begin, r->nonce, NULL, 0, r->digest, SHA256_LEN);
	return ct_equal(begin, r->sealed, SHA256_LEN);
}

int
import_reader_end(struct import_reader *r, struct err *e)
{
	if (r->sealed_len > 0) {
		int opened = open_chunk(r, e);

		if (opened == -1)
			return -1;
		if (opened == 0 && !cut_short(r))
			return err_set(e, ERR_WALLET_ACCESS,
			    "the export does not open");
	}
	if (r->part != PART_ENDED || r->sealed_len > 0)
		return err_set(e, ERR_IMPORT_TRUNCATED,
		    "the export ends before its end mark");
	return 0;
}
