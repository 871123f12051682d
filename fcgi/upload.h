#ifndef FCGI_UPLOAD_H
#define FCGI_UPLOAD_H
#include <json-c/json.h>
#include <stdint.h>
#include "../lib/base/conf.h"
#include "../lib/base/err.h"
#include "../lib/proc/loop.h"
/*
 * A body that nginx spooled, on its way to become a blob: hashed, looked at
 * (scan.h) and made durable in slices, so that no turn of the loop is long.
 * Small bodies go into the call; others are renamed into the blob folder, or
 * copied when the spool is on another mount; darkroom-blob carries them into a
 * store that is no folder.  Until the last step nothing
 * is stored, and upload_free leaves nothing behind.
 */
struct upload;
struct upload_spec {
	const char *path;		/* the spooled body */
	const char *kind;		/* of asset */
	const char *sha256_hex;		/* what was declared: 64 lower-case digits; NULL: nothing was, it is computed */
	const char *blob_dir;
	int64_t	inline_max;		/* bytes that go into the call */
	struct loop *loop;
	const struct conf *conf;
	void (*wake)(void *arg);	/* a step that waited is to go on */
	void	*arg;
};
/* upload_open(out, spec, e): 0, or -1 with ERR_SYS. */
int upload_open(struct upload **out, const struct upload_spec *spec, struct err *e);
void upload_free(struct upload *u);	/* NULL is fine */
/*
 * upload_step(u, e): one slice.  Returns 1 when there is more to do, 2 when
 * wake() will say when, 0 when the bytes are stored, or -1: ERR_FORBIDDEN for another digest than declared,
 * ERR_VALIDATION for bytes that are not of their kind, ERR_BACKPRESSURE for a
 * full disk or a store that is away.
 */
int upload_step(struct upload *u, struct err *e);
/* upload_args(u, args): sha256, size, store, place, data_b64, columns, row_count. */
void upload_args(struct upload *u, struct json_object *args);
#endif
