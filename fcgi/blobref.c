#include "blobref.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../lib/base/buf.h"
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/blob/blob.h"
#include "gather.h"

void
blobref_release(struct blobref *b)
{
	free(b->data);
	b->data = NULL;
}

static int
held(struct blobref *b, const char *text, size_t n, struct err *e)
{
	CLEANUP(cleanup_free) uint8_t *data = malloc(n / 4 * 3 + 3);
	ssize_t got;

	if (data == NULL)
		abort();
	got = b64_decode(data, n / 4 * 3 + 3, text, n);
	if (got == -1)
		return err_set(e, ERR_PROTO, "bytes of a blob are not base64");
	b->size = got;
	b->data = STEAL(data);
	return 0;
}

static int
placed(struct blobref *b, struct json_object *o, struct err *e)
{
	struct json_object *store = NULL, *place = NULL;

	json_object_object_get_ex(o, "store", &store);
	if (!json_object_object_get_ex(o, "place", &place) || place == NULL)
		return 0;
	if (!json_object_is_type(store, json_type_string) || json_object_get_string_len(store) >= (int)sizeof(b->store) ||
	    !json_object_is_type(place, json_type_string) || json_object_get_string_len(place) != (int)sizeof(b->place) - 1)
		return err_set(e, ERR_PROTO, "store and place of a blob");
	memcpy(b->store, json_object_get_string(store), (size_t)json_object_get_string_len(store) + 1);
	memcpy(b->place, json_object_get_string(place), sizeof(b->place));
	return 0;
}

int
blobref_take(struct blobref *b, struct json_object *o, struct err *e)
{
	struct json_object *text = NULL, *sha256 = NULL, *size = NULL;

	if (json_object_object_get_ex(o, "sha256", &sha256) && sha256 != NULL) {
		if (json_object_get_string_len(sha256) != 64)
			return err_set(e, ERR_PROTO, "digest of a blob has not 64 digits");
		memcpy(b->sha256, json_object_get_string(sha256), 65);
	}
	if ((json_object_object_get_ex(o, "data_b64", &text) || json_object_object_get_ex(o, "b64", &text)) &&
	    text != NULL)
		return held(b, json_object_get_string(text), (size_t)json_object_get_string_len(text), e);
	json_object_object_get_ex(o, "size", &size);
	if (b->sha256[0] == '\0' || !json_object_is_type(size, json_type_int) || json_object_get_int64(size) < 0)
		return err_set(e, ERR_PROTO, "a blob has neither bytes nor digest and size");
	b->size = json_object_get_int64(size);
	return placed(b, o, e);
}

int
blobref_open(const struct blobref *b, const char *blob_dir, struct err *e)
{
	uint8_t sha[SHA256_LEN];
	struct err why = ERR_INIT;
	int64_t size;
	int fd;

	if (hex_decode(sha, sizeof(sha), b->sha256, strlen(b->sha256)) != (ssize_t)sizeof(sha))
		return err_set(e, ERR_PROTO, "digest of a blob is not hex");
	if (blob_open(&fd, &size, blob_dir, sha, &why) == -1) {
		if (why.code == ERR_NOT_FOUND)
			return err_set(e, ERR_GONE, "the bytes were removed");
		return err_set(e, why.code, "%s", why.msg);
	}
	if (size != b->size) {
		close(fd);
		return err_set(e, ERR_PROTO, "blob %s: %lld bytes instead of %lld", b->sha256,
		    (long long)size, (long long)b->size);
	}
	return fd;
}

/* Held bytes in the encoding of their place; the connection encodes files itself. */
static int
held_part(const struct blobref *b, struct resp *rs, int64_t from, int64_t len, enum part_enc enc, struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(6 * (size_t)len + 8);
	const char *p = (const char *)b->data + from;
	char *room;

	switch (enc) {
	case PART_RAW:
		resp_part_mem(rs, p, (size_t)len);
		return 0;
	case PART_JSON:
		json_escape(&text, p, (size_t)len);
		break;
	case PART_BASE64:
		room = buf_room(&text, B64_LEN((size_t)len));
		if (room != NULL) {
			b64_encode(room, p, (size_t)len);
			buf_grew(&text, B64_LEN((size_t)len) - 1);
		}
		break;
	}
	if (text.failed)
		return err_set(e, ERR_LIMIT, "an encoded blob is over its bound");
	resp_part_mem(rs, text.data, text.len);
	return 0;
}

static int
object_part(const struct blobref *b, struct resp *rs, int64_t from, int64_t len, enum part_enc enc, struct err *e)
{
	struct gather *g = resp_gather(rs);
	int64_t at = gather_add(g, b, from, len, e);
	int fd = at == -1 ? -1 : gather_file(g, e);

	if (fd == -1)
		return -1;
	resp_part_file(rs, fd, at, len, enc);
	return 0;
}

int
blobref_part(const struct blobref *b, struct resp *rs, int64_t from, int64_t len, enum part_enc enc,
    const char *blob_dir, struct err *e)
{
	int fd;

	if (b->data != NULL)
		return held_part(b, rs, from, len, enc, e);
	if (len == 0)
		return 0;
	if (b->store[0] != '\0')
		return object_part(b, rs, from, len, enc, e);
	fd = blobref_open(b, blob_dir, e);
	if (fd == -1)
		return -1;
	resp_part_file(rs, fd, from, len, enc);
	return 0;
}
