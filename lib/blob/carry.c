#include "carry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../proc/errand.h"
#include "../proc/libexec.h"

#define CARRIES_MAX	64		/* of this process at a time */
#define SAID_MAX	(1u << 20)	/* bytes of its lines */

/* What it must know; none of these is a secret. */
static const char *const settings[] = {
	"database", "blob_dir", "blob_store", "s3_endpoint", "s3_bucket", "s3_prefix", "s3_region",
	"s3_credentials_file", "s3_ca_file", "log_level",
};
#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

struct carry {
	struct errand *errand;
	int	said;			/* file of its lines */
	carry_done_fn *done;
	void	*arg;
};

static int running;

static const struct { int status; enum err_code code; const char *msg; } ends[] = {
	{ 1, ERR_NOT_FOUND, "the bytes of a blob are not there" },
	{ 75, ERR_BACKPRESSURE, "the store of blobs does not answer" },
	{ 100, ERR_CONFIG, "the store of blobs is not to be used like this" },
};

static void
judge(struct err *e, int status)
{
	for (size_t i = 0; WIFEXITED(status) && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (WEXITSTATUS(status) == ends[i].status) {
			err_set(e, ends[i].code, "%s", ends[i].msg);
			return;
		}
	err_set(e, ERR_SYS, "darkroom-blob ended with status %#x", (unsigned)status);
}

static int
read_said(int fd, struct buf *b, struct err *e)
{
	char slice[4096];
	ssize_t k;

	for (off_t at = 0; (k = pread(fd, slice, sizeof(slice), at)) != 0; at += k) {
		if (k == -1)
			return err_sys(e, "what darkroom-blob said");
		buf_add(b, slice, (size_t)k);
	}
	return b->failed ? err_set(e, ERR_LIMIT, "darkroom-blob said more than %u bytes", SAID_MAX) : 0;
}

static void
on_end(void *arg, int status)
{
	CLEANUP(buf_release) struct buf said = BUF_INIT_MAX(SAID_MAX);
	struct carry *c = arg;
	struct err e = ERR_INIT;

	c->errand = NULL;
	if (status != 0)
		judge(&e, status);
	else
		(void)read_said(c->said, &said, &e);
	c->done(c->arg, &said, e.code != ERR_NONE ? &e : NULL);
	carry_free(c);
}

/* list_file: the lines as a file to read. */
static int
list_file(const struct buf *list, struct err *e)
{
	CLEANUP(cleanup_close) int fd = memfd_create("list", MFD_CLOEXEC);
	size_t n = list != NULL ? list->len : 0;
	int out;

	if (fd == -1 || (n > 0 && write(fd, list->data, n) != (ssize_t)n) || lseek(fd, 0, SEEK_SET) == -1) {
		err_sys(e, "a list of blobs");
		return -1;
	}
	out = fd;
	fd = -1;
	return out;
}

static int
start(struct carry *c, const struct carry_spec *s, struct err *e)
{
	CLEANUP(cleanup_close) int in = list_file(s->list, e);
	char program[LIBEXEC_MAX + 16], dir[LIBEXEC_MAX], text[SETTINGS][1100];
	const char *argv[2 * SETTINGS + 3] = { program };
	size_t n = 1;

	if (in == -1 || libexec_dir(dir, conf_str(s->conf, "libexec_dir"), e) == -1)
		return -1;
	snprintf(program, sizeof(program), "%s/darkroom-blob", dir);
	for (size_t i = 0; i < SETTINGS; i++) {
		snprintf(text[i], sizeof(text[i]), "%s=%s", settings[i], conf_str(s->conf, settings[i]));
		argv[n++] = "-o";
		argv[n++] = text[i];
	}
	argv[n++] = s->task;
	argv[n] = NULL;
	c->said = memfd_create("said", MFD_CLOEXEC);
	if (c->said == -1)
		return err_sys(e, "a file for what darkroom-blob says");
	c->errand = errand_start(s->loop, argv, ERRAND_FDS(in, c->said, s->fd), s->limit_ms, on_end, c, e);
	return c->errand == NULL ? -1 : 0;
}

struct carry *
carry_start(const struct carry_spec *spec, carry_done_fn *done, void *arg, struct err *e)
{
	struct carry *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	c->said = -1;
	c->done = done;
	c->arg = arg;
	running++;
	if ((running > CARRIES_MAX && err_set(e, ERR_BACKPRESSURE, "%d blobs are on their way", CARRIES_MAX) == -1) ||
	    start(c, spec, e) == -1) {
		carry_free(c);
		return NULL;
	}
	return c;
}

void
carry_stop(struct carry *c)
{
	errand_stop(c->errand);
}

void
carry_free(struct carry *c)
{
	if (c == NULL)
		return;
	running--;
	errand_free(c->errand);
	cleanup_close(&c->said);
	free(c);
}

int
carry_said(const char **p, char sha256[65], char place[37])
{
	int used = 0;

	if (*p == NULL || sscanf(*p, "%64[0-9a-f] %36[0-9a-f-]\n%n", sha256, place, &used) != 2 || used == 0)
		return 0;
	*p += used;
	return 1;
}
