#include "fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "file.h"

#define NAME_MAX_BYTES	128
#define DEPTH_MAX	4
#define RESUMES_MAX	5	/* broken transfers in a row that brought nothing */

/* One artifact as the record promises it. */
struct promise {
	const char *name, *sha256;
	int64_t	size;
};

/* Names come from the node: only plain ones may become paths here. */
static bool
name_ok(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t depth = 1;

	if (strlen(name) > NAME_MAX_BYTES)
		return false;
	for (;; name++, depth++) {
		size_t n = strspn(name, allowed);

		if (n == 0 || *name == '.' || depth > DEPTH_MAX)
			return false;
		name += n;
		if (*name != '/')
			return *name == '\0';
	}
}

static int
read_promise(struct promise *p, struct json_object *row, struct err *e)
{
	if (json_get_str(row, "name", 1, NAME_MAX_BYTES, &p->name, e) == -1 ||
	    json_get_str(row, "sha256", 64, 64, &p->sha256, e) == -1 ||
	    json_get_i64(row, "size", 0, INT64_MAX, &p->size, e) == -1)
		return api_odd(e);
	if (!name_ok(p->name))
		return err_set(e, ERR_PROTO, "the node names an artifact that is no plain file name");
	return 0;
}

/* Folders on the way to dir/name. */
static int
make_parents(char *path, size_t from, struct err *e)
{
	for (char *p = path + from; (p = strchr(p, '/')) != NULL; p++) {
		int rc;

		*p = '\0';
		rc = mkdir(path, 0777);
		if (rc == -1 && errno != EEXIST) {
			err_sys(e, "cannot make %s", path);
			*p = '/';
			return -1;
		}
		*p = '/';
	}
	return 0;
}

static int
digest_matches(int fd, const struct promise *p, struct err *e)
{
	char hex[65];
	int64_t size;

	if (file_digest(fd, hex, &size, e) == -1)
		return err_wrap(e, "%s", p->name);
	return strcmp(hex, p->sha256) == 0;
}

/* One transfer from where fd ends; 1 complete, 0 broken off, -1. */
static int
transfer(struct cli *c, const char *target, const struct promise *p, int fd, struct err *e)
{
	CLEANUP(http_answer_release) struct http_answer ans = HTTP_ANSWER_INIT;
	struct api_req q = API_REQ_INIT;
	struct err broken = ERR_INIT;
	off_t have = lseek(fd, 0, SEEK_END);

	if (have == -1 || (have > p->size && (ftruncate(fd, 0) == -1 || (have = lseek(fd, 0, SEEK_SET)) == -1)))
		return err_sys(e, "cannot write %s", p->name);
	if (have == p->size)
		return 1;
	q.method = "GET";
	q.target = target;
	q.range_from = have;
	q.sink_fd = fd;
	q.sink_max = p->size - have;
	if (api_send(&c->api, &q, &ans, &broken) == 0)
		return have + ans.sunk == p->size ? 1 : 0;
	if (broken.code == ERR_PROTO && have > 0)	/* no range: begin again */
		return ftruncate(fd, 0) == -1 ? err_sys(e, "cannot write %s", p->name) : 0;
	if (ans.sunk > 0 && (broken.code == ERR_BACKPRESSURE || broken.code == ERR_TIMEOUT))
		return 0;
	*e = broken;
	return -1;
}

/* Transfers until fd is full; each one that brings nothing counts. */
static int
fill(struct cli *c, const char *target, const struct promise *p, int fd, struct err *e)
{
	for (int idle = 0; idle < RESUMES_MAX; idle++) {
		off_t before = lseek(fd, 0, SEEK_END), after;
		int rc = transfer(c, target, p, fd, e);

		if (rc != 0)
			return rc == 1 ? 0 : -1;
		after = lseek(fd, 0, SEEK_END);
		if (after > before)
			idle = -1;
	}
	return err_set(e, ERR_BACKPRESSURE, "%s: the transfer breaks off again and again", p->name);
}

static int
fetch_one(struct cli *c, const char *id, const struct promise *p, const char *dir, struct err *e)
{
	CLEANUP(buf_release) struct buf target = BUF_INIT;
	CLEANUP(cleanup_close) int fd = -1;
	char path[PATH_MAX - 8], part[PATH_MAX];
	int same;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, p->name) >= sizeof(path))
		return err_set(e, ERR_CONFIG, "%s: too long", dir);
	snprintf(part, sizeof(part), "%s.part", path);
	if (make_parents(path, strlen(dir), e) == -1)
		return -1;
	fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd == -1)
		return err_sys(e, "cannot write %s", part);
	target_path(&target, "/api/v1/privacy/results/%/artifacts/%", id, p->name);
	if (fill(c, target.data, p, fd, e) == -1)
		return err_wrap(e, "%s", p->name);
	same = digest_matches(fd, p, e);
	if (same == 0) {	/* perhaps the part was of something else: once more, whole */
		if (ftruncate(fd, 0) == -1)
			return err_sys(e, "cannot write %s", part);
		if (fill(c, target.data, p, fd, e) == -1)
			return err_wrap(e, "%s", p->name);
		same = digest_matches(fd, p, e);
	}
	if (same == -1)
		return -1;
	if (same == 0) {
		unlink(part);
		return err_set(e, ERR_PROTO, "%s does not have the promised digest", p->name);
	}
	if (fsync(fd) == -1 || rename(part, path) == -1)
		return err_sys(e, "cannot write %s", path);
	if (!c->quiet)
		fprintf(stderr, "%s  %lld bytes\n", path, (long long)p->size);
	return 0;
}

static bool
wanted(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return n == 0;
}

static int
has_all(struct json_object *meta, const char *const *names, size_t n, struct err *e)
{
	for (size_t k = 0; k < n; k++) {
		bool found = false;

		for (size_t i = 0; i < json_object_array_length(meta) && !found; i++) {
			const char *name;

			found = json_get_str(json_object_array_get_idx(meta, i), "name", 1, NAME_MAX_BYTES, &name,
			    NULL) == 0 && strcmp(name, names[k]) == 0;
		}
		if (!found)
			return err_set(e, ERR_NOT_FOUND, "there is no artifact named %.128s", names[k]);
	}
	return 0;
}

int
fetch_artifacts(struct cli *c, const char *id, struct json_object *state, const char *const *names, size_t n,
    const char *dir, struct err *e)
{
	struct json_object *meta = NULL;
	char top[PATH_MAX];

	if (json_opt_arr(state, "artifact_meta", 0, SIZE_MAX, &meta, e) == -1)
		return api_odd(e);
	if (meta == NULL || json_object_array_length(meta) == 0)
		return n == 0 ? 0 : err_set(e, ERR_NOT_FOUND, "there is no artifact");
	if (has_all(meta, names, n, e) == -1)
		return -1;
	if ((size_t)snprintf(top, sizeof(top), "%s/", dir) >= sizeof(top))
		return err_set(e, ERR_CONFIG, "%s: too long", dir);
	if (make_parents(top, 1, e) == -1)
		return -1;
	for (size_t i = 0; i < json_object_array_length(meta); i++) {
		struct promise p;

		if (read_promise(&p, json_object_array_get_idx(meta, i), e) == -1)
			return -1;
		if (wanted(p.name, names, n) && fetch_one(c, id, &p, dir, e) == -1)
			return -1;
	}
	return 0;
}
