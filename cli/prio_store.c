#include "prio_store.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/base/cleanup.h"
#include "../lib/prio1/ledger.h"
#include "prio_opts.h"

#define KEY_FILE_MAX	4096	/* bytes */
#define NAME_BYTES	64

/* side_opt: an option of a side. */
static const char *
side_opt(const struct args *a, const char *side, const char *what)
{
	char name[NAME_BYTES];

	snprintf(name, sizeof(name), "%s-%s", side, what);
	return prio_opt(a, name);
}

/* side_secret: of the file, else of the environment. */
static int
side_secret(const struct args *a, const char *side, struct secret *out, struct err *e)
{
	const char *path = side_opt(a, side, "secret-key-file");
	char name[NAME_BYTES];
	int rc;

	if (path != NULL) {
		if (secret_read_file(out, path, KEY_FILE_MAX, e) == -1)
			return -1;
		while (out->len > 0 && isspace(out->p[out->len - 1]))
			out->len--;
		return out->len > 0 ? 0 : err_set(e, ERR_CONFIG, "%s is empty", path);
	}
	snprintf(name, sizeof(name), "%s_SECRET_KEY", side);
	for (char *p = name; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
	rc = prio_env_secret(out, name, e);
	if (rc == 0)
		rc = prio_env_secret(out, "MINIO_SECRET_KEY", e);
	return rc == -1 ? -1 : 0;
}

int
prio_open_store(const struct args *a, const char *side, const char *bucket, struct prio_store **out, struct err *e)
{
	CLEANUP(sigv4_key_release) struct sigv4_key key = SIGV4_KEY_INIT;
	static const char *const switches[] = { "0", "1" };
	const char *where, *id = side_opt(a, side, "access-key");
	int unsigned_payload = args_flag(a, "unsigned-payload");
	struct prio_access access = { .endpoint = side_opt(a, side, "endpoint"), .region = side_opt(a, side, "region"),
	    .ca_file = prio_opt(a, "s3-ca-file"), .key = &key, .work_dir = prio_work_dir(a) };

	if (prio_need(a, bucket, &where, e) == -1 ||
	    (unsigned_payload == 0 && prio_word(a, "unsigned-payload", switches, 2, &unsigned_payload, e) == -1))
		return -1;
	access.unsigned_payload = unsigned_payload == 1;
	if (id == NULL)
		id = prio_opt(a, "minio-access-key");
	if (access.endpoint != NULL) {
		if (id == NULL || strlen(id) >= sizeof(key.id) || strpbrk(id, "/, \t") != NULL)
			return err_set(e, ERR_CONFIG, "--%s-access-key: 1 to %zu characters without / and ,", side, sizeof(key.id) - 1);
		memcpy(key.id, id, strlen(id) + 1);
		if (side_secret(a, side, &key.secret, e) == -1)
			return -1;
	}
	return prio_store_open(out, where, &access, e) == -1 ? err_wrap(e, "--%s", bucket) : 0;
}

const char *
prio_work_dir(const struct args *a)
{
	const char *dir = prio_opt(a, "work-dir");

	return dir != NULL ? dir : "/var/tmp";
}

/* make_dirs: every folder of a path; the last one is its owner's alone. */
static int
make_dirs(char *path, struct err *e)
{
	for (char *p = strchr(path + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(path, 0755) == -1 && errno != EEXIST)
			return err_set(e, ERR_CONFIG, "--state-dir: %s: %s", path, strerror(errno));
		*p = '/';
	}
	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return err_set(e, ERR_CONFIG, "--state-dir: %s: %s", path, strerror(errno));
	return 0;
}

int
prio_state_dir(const struct args *a, struct buf *out, struct err *e)
{
	const char *dir = prio_opt(a, "state-dir"), *base = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (dir != NULL)
		buf_adds(out, dir);
	else if (base != NULL && *base == '/')
		buf_addf(out, "%s/darkroom-prio", base);
	else if (home != NULL && *home == '/')
		buf_addf(out, "%s/.local/state/darkroom-prio", home);
	if (out->len == 0 || out->data[0] != '/')
		return err_set(e, ERR_CONFIG, "--state-dir: an absolute path is expected");
	return make_dirs(out->data, e);
}

int
prio_date(const struct args *a, char out[11], struct err *e)
{
	const char *date;
	int64_t day;

	if (prio_need(a, "submission-date", &date, e) == -1)
		return -1;
	if (prio_day_of(date, &day) == -1)
		return err_set(e, ERR_CONFIG, "--submission-date: a day such as 2024-05-31 is expected");
	memcpy(out, date, 11);
	return 0;
}
