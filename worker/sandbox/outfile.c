#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"

static const struct { const char *ending, *type; } types[] = {
	{ ".txt", "text/plain; charset=utf-8" }, { ".csv", "text/csv" }, { ".tsv", "text/tab-separated-values" },
	{ ".json", "application/json" }, { ".jsonl", "application/x-ndjson" }, { ".html", "text/html" },
	{ ".png", "image/png" }, { ".jpg", "image/jpeg" }, { ".svg", "image/svg+xml" }, { ".pdf", "application/pdf" },
	{ ".gz", "application/gzip" }, { ".zip", "application/zip" }, { ".tar", "application/x-tar" },
};

const char *
media_type(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		size_t len = strlen(types[i].ending);

		if (n > len && strcmp(name + n - len, types[i].ending) == 0)
			return types[i].type;
	}
	return "application/octet-stream";
}

int
outfile_open(struct outfile *o, const char *dir, unsigned n, struct err *e)
{
	struct outfile t = { .n = n };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/out", dir);
	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return err_sys(e, "%s", path);
	snprintf(path, sizeof(path), "%s/out/%u", dir, n);
	t.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (t.fd == -1)
		return err_sys(e, "%s", path);
	sha256_init(&t.hash);
	*o = t;
	return 0;
}

int
outfile_write(struct outfile *o, const void *p, size_t n, struct err *e)
{
	for (size_t at = 0; at < n;) {
		ssize_t w = write(o->fd, (const char *)p + at, n - at);

		if (w == -1 && errno != EINTR)
			return err_sys(e, "out/%u", o->n);
		at += w > 0 ? (size_t)w : 0;
	}
	sha256_update(&o->hash, p, n);
	o->size += (int64_t)n;
	return 0;
}

int
outfile_close(struct outfile *o, const char *class, const char *name, struct json_object **row, struct err *e)
{
	uint8_t digest[SHA256_LEN];
	char hex[SHA256_HEX], path[32];
	struct json_object *j;
	int rc = 0;

	if (o->size > OUTFILE_SYNC_ABOVE && fsync(o->fd) == -1)
		rc = err_sys(e, "out/%u: fsync", o->n);
	if (rc == 0) {
		sha256_final(&o->hash, digest);
		hex_encode(hex, digest, SHA256_LEN);
		snprintf(path, sizeof(path), "out/%u", o->n);
		j = json_object_new_object();
		json_add_str(j, "class", class);
		json_add_str(j, "name", name);
		json_add_str(j, "sha256", hex);
		json_add_i64(j, "size", o->size);
		json_add_str(j, "media_type", strcmp(class, "artifact") == 0 ? media_type(name) :
		    "text/plain; charset=utf-8");
		json_add_str(j, "path", path);
		*row = j;
	}
	outfile_release(o);
	return rc;
}

void
outfile_release(struct outfile *o)
{
	cleanup_close(&o->fd);
	sha256_release(&o->hash);
	*o = (struct outfile)OUTFILE_INIT;
}
