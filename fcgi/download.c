#include "download.h"
#include <stdio.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/conf.h"
#include "../lib/blob/s3_target.h"
#include "blobref.h"
#include "gather.h"
#include "range.h"
#include "resp.h"

#define BLOB_LOCATION	"/_blob/"	/* nginx/darkroom.conf.in: alias of blob_dir */

static const char *
text_of(struct json_object *o, const char *name, const char *def)
{
	struct json_object *v = NULL;

	json_object_object_get_ex(o, name, &v);
	return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : def;
}

static void
common_headers(struct resp *rs, const struct blobref *b, struct json_object *blob)
{
	const char *name = text_of(blob, "name", "download");
	const char *slash = strrchr(name, '/');

	resp_header(rs, "ETag", "\"%s\"", b->sha256);
	resp_header(rs, "Accept-Ranges", "bytes");
	if (!resp_has_header(rs, "Cache-Control"))
		resp_header(rs, "Cache-Control", "private, no-cache");
	resp_header(rs, "Content-Disposition", "attachment; filename=\"%s\"", slash != NULL ? slash + 1 : name);
	resp_header(rs, "Content-Type", "%s", text_of(blob, "media_type", "application/octet-stream"));
}

/* The part that was asked for; the whole when If-Range names other bytes. */
static int
chosen_range(struct req *rq, const struct blobref *b, int64_t *from, int64_t *len, struct err *e)
{
	const char *if_range = req_header(rq, "If-Range");
	int r = 0;

	*from = 0;
	*len = b->size;
	if (if_range == NULL || etag_among(if_range, b->sha256, false))
		r = range_parse(req_header(rq, "Range"), b->size, from, len);
	return r == -1 ? err_set(e, ERR_BAD_RANGE, "the range is outside of %lld bytes", (long long)b->size) : r;
}

/* nginx serves the file and its ranges; a file that is gone is noticed here. */
static int
through_nginx(struct req *rq, const struct blobref *b, struct resp *rs, struct err *e)
{
	CLEANUP(cleanup_close) int fd = blobref_open(b, conf_str(rq->conf, "blob_dir"), e);
	char path[sizeof(BLOB_LOCATION) + 66];

	if (fd == -1)
		return -1;
	snprintf(path, sizeof(path), BLOB_LOCATION "%.2s/%s", b->sha256, b->sha256 + 2);
	resp_accel(rs, path);
	return 0;
}

#define S3_LOCATION	"/_s3"		/* nginx/darkroom.conf.in: proxied to the store */

/*
 * nginx fetches the object, signed for this request: in headers, which no log has
 * and no client sees.  The store knows its own ETag, so the range is decided here.
 */
static int
through_proxy(struct req *rq, const struct blobref *b, struct resp *rs, const char *range, struct err *e)
{
	char path[S3_PATH_MAX], accel[S3_PATH_MAX + sizeof(S3_LOCATION)];
	struct s3_stamp stamp;

	if (rq->s3 == NULL)
		return err_set(e, ERR_CONFIG, "s3_endpoint: a blob is in a store that this node does not know");
	s3_path(path, rq->s3, b->sha256, b->place);
	if (s3_stamp(&stamp, rq->s3, rq->method, path, "", SIGV4_UNSIGNED, e) == -1)
		return -1;
	resp_header(rs, "X-Darkroom-S3-Auth", "%s", stamp.auth);
	resp_header(rs, "X-Darkroom-S3-Date", "%s", stamp.date);
	resp_header(rs, "X-Darkroom-S3-Range", "%s", range);
	snprintf(accel, sizeof(accel), S3_LOCATION "%s", path);
	resp_accel(rs, accel);
	return 0;
}

/* The answer flows from the store through the front, as fast as the client takes it. */
static int
through_front(struct req *rq, const struct blobref *b, struct resp *rs, int64_t from, int64_t len, struct err *e)
{
	int fd = -1;

	if (strcmp(rq->method, "HEAD") != 0) {
		fd = gather_pipe(resp_gather(rs), b, from, len, e);
		if (fd == -1)
			return -1;
	}
	resp_part_pipe(rs, fd, len);	/* HEAD: its length is all that is told of it */
	return 0;
}

int
download_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e)
{
	CLEANUP(blobref_release) struct blobref b = BLOBREF_INIT;
	struct json_object *blob = NULL;
	char range[64] = "";
	int64_t from, len;
	int ranged;

	json_object_object_get_ex(a->extra, "blob", &blob);
	if (blobref_take(&b, blob, e) == -1)
		return -1;
	common_headers(rs, &b, blob);
	if (etag_among(req_header(rq, "If-None-Match"), b.sha256, true)) {
		resp_status(rs, 304);
		return 0;
	}
	ranged = chosen_range(rq, &b, &from, &len, e);
	if (ranged == -1)
		return -1;
	if (b.data == NULL && b.store[0] == '\0')
		return through_nginx(rq, &b, rs, e);
	if (ranged)
		snprintf(range, sizeof(range), "bytes=%lld-%lld", (long long)from, (long long)(from + len - 1));
	if (strcmp(b.store, "s3") == 0)
		return through_proxy(rq, &b, rs, range, e);
	if (ranged) {
		resp_status(rs, 206);
		resp_header(rs, "Content-Range", "bytes %lld-%lld/%lld", (long long)from,
		    (long long)(from + len - 1), (long long)b.size);
	}
	if (b.data == NULL)
		return through_front(rq, &b, rs, from, len, e);
	return blobref_part(&b, rs, from, len, PART_RAW, conf_str(rq->conf, "blob_dir"), e);
}
