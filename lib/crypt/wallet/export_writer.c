/* The writing direction of lib/crypt/wallet/exportfile.h. */
#include <stdlib.h>
#include <string.h>

#include "../../base/json.h"
#include "../../base/msgpack.h"
#include "export_nonce.h"
#include "exportfile.h"

#define SEALED	(EXPORT_CHUNK + AEAD_TAG)
#define BATCH	64	/* chunks that go to the sink at once */

struct export_writer {
	struct export_sink sink;
	struct aead aead;
	uint8_t	nonce[AEAD_NONCE];
	uint8_t	clear[EXPORT_CHUNK];	/* a chunk that fills up */
	size_t	clear_len;
	uint8_t	sealed[BATCH * SEALED];
	size_t	sealed_len;
};

static int
flush(struct export_writer *w, struct err *e)
{
	size_t n = w->sealed_len;

	w->sealed_len = 0;
	return n == 0 ? 0 : w->sink.put(w->sink.ctx, w->sealed, n, e);
}

static int
seal_chunk(struct export_writer *w, struct err *e)
{
	if (w->sealed_len + SEALED > sizeof(w->sealed) && flush(w, e) == -1)
		return -1;
	aead_seal(&w->aead, w->sealed + w->sealed_len, w->nonce, NULL, 0,
	    w->clear, w->clear_len);
	export_nonce_next(w->nonce);
	w->sealed_len += w->clear_len + AEAD_TAG;
	w->clear_len = 0;
	return 0;
}

static int
add(struct export_writer *w, const void *p, size_t n, struct err *e)
{
	const uint8_t *in = p;

	for (size_t take; n > 0; in += take, n -= take) {
		take = EXPORT_CHUNK - w->clear_len;
		if (take > n)
			take = n;
		memcpy(w->clear + w->clear_len, in, take);
		w->clear_len += take;
		if (w->clear_len == EXPORT_CHUNK && seal_chunk(w, e) == -1)
			return -1;
	}
	return 0;
}

static int
add_length(struct export_writer *w, size_t n, struct err *e)
{
	uint8_t le[4];

	for (size_t i = 0; i < sizeof(le); i++)
		le[i] = (uint8_t)(n >> (8 * i));
	return add(w, le, sizeof(le), e);
}

int
export_writer_new(struct export_writer **out, struct export_header *h,
    const struct secret *master, const struct export_sink *sink, struct err *e)
{
	uint8_t header[EXPORT_HEADER];
	size_t n = export_header_write(h, header);
	struct export_writer *w = calloc(1, sizeof(*w));

	if (w == NULL)
		abort();
	w->sink = *sink;
	memcpy(w->nonce, h->nonce, AEAD_NONCE);
	if (aead_init(&w->aead, master->p, master->len, e) == -1 ||
	    sink->put(sink->ctx, header, n, e) == -1 ||
	    add(w, h->digest, SHA256_LEN, e) == -1) {
		export_writer_free(w);
		return -1;
	}
	*out = w;
	return 0;
}

/*
 * A record is walked twice: for its length (w NULL), and to be written.  put
 * adds to *n what it writes.
 */
static int
put(struct export_writer *w, size_t *n, const void *p, size_t len, struct err *e)
{
	*n += len;
	return w == NULL ? 0 : add(w, p, len, e);
}

static int
put_text(struct export_writer *w, size_t *n, const char *name, const char *p,
    size_t len, struct err *e)
{
	uint8_t head[MSGPACK_HEAD];

	if (w == NULL && len > EXPORT_RECORD_MAX)
		return err_set(e, ERR_PAST_LIMIT, "%s: above %u bytes", name,
		    EXPORT_RECORD_MAX);
	if (w == NULL && !utf8_valid(p, len))
		return err_set(e, ERR_STRUCTURE, "%s: not UTF-8", name);
	if (put(w, n, head, msgpack_put_str(head, (uint32_t)len), e) == -1)
		return -1;
	return put(w, n, p, len, e);
}

static int
walk(struct export_writer *w, size_t *n, const struct record *r, struct err *e)
{
	uint8_t head[MSGPACK_HEAD];
	size_t tags = r->tags == NULL ? 0 :
	    (size_t)json_object_object_length(r->tags);

	if (put(w, n, head, msgpack_put_array(head, 4), e) == -1 ||
	    put_text(w, n, "type", r->type, strlen(r->type), e) == -1 ||
	    put_text(w, n, "name", r->name, strlen(r->name), e) == -1 ||
	    put_text(w, n, "value", r->value, r->value_len, e) == -1 ||
	    put(w, n, head, msgpack_put_map(head, (uint32_t)tags), e) == -1)
		return -1;
	if (tags == 0)
		return 0;
	json_object_object_foreach(r->tags, name, v) {
		if (!json_object_is_type(v, json_type_string))
			return err_set(e, ERR_STRUCTURE,
			    "tags: values must be text");
		if (put_text(w, n, "tags", name, strlen(name), e) == -1 ||
		    put_text(w, n, "tags", json_object_get_string(v),
		    (size_t)json_object_get_string_len(v), e) == -1)
			return -1;
	}
	return 0;
}

int
export_writer_put(struct export_writer *w, const struct record *r, struct err *e)
{
	size_t len = 0, written = 0;

	if (walk(NULL, &len, r, e) == -1)
		return -1;
	if (len > EXPORT_RECORD_MAX)
		return err_set(e, ERR_PAST_LIMIT, "a record above %u bytes",
		    EXPORT_RECORD_MAX);
	if (add_length(w, len, e) == -1)
		return -1;
	return walk(w, &written, r, e);
}

int
export_writer_end(struct export_writer *w, struct err *e)
{
	if (add_length(w, 0, e) == -1 ||
	    (w->clear_len > 0 && seal_chunk(w, e) == -1))
		return -1;
	return flush(w, e);
}

void
export_writer_free(struct export_writer *w)
{
	if (w == NULL)
		return;
	aead_release(&w->aead);
	explicit_bzero(w->clear, sizeof(w->clear));
	free(w);
}
