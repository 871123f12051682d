#ifndef SANDBOX_CAPTURE_H
#define SANDBOX_CAPTURE_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../../lib/base/err.h"
#include "outfile.h"
/*
 * A job's stdout and stderr: each as it came, up to a cap, and both together
 * in order of arrival as clean UTF-8 (invalid bytes and NUL become U+FFFD).
 * Past the cap the rest is read and dropped, so that a script never blocks.
 */
enum capture_which { CAPTURE_OUT, CAPTURE_ERR, CAPTURE_BOTH, CAPTURE_MAX };
#define CAPTURE_FILES	CAPTURE_MAX	/* out/0 .. out/2 */

struct capture {
	int	fd[2];			/* read ends; -1 once closed */
	struct outfile file[CAPTURE_MAX];
	int64_t	cap;			/* bytes a stream; twice that for both */
	bool	truncated;
	struct { uint8_t p[4]; size_t n; } tail[2];	/* a character whose end has not come */
};
#define CAPTURE_INIT { .fd = { -1, -1 }, .file = { OUTFILE_INIT, OUTFILE_INIT, OUTFILE_INIT } }

/* capture_open(c, dir, cap, ends, e): files and pipes; ends[] are the script's, the caller's to close. */
int capture_open(struct capture *c, const char *dir, int64_t cap, int ends[2], struct err *e);
/* capture_read(c, i, e): one read of stream i.  1 bytes came, 0 none now, -1 the end (fd[i]
 * closed); -2 with ERR_SYS when a file cannot be written. */
int capture_read(struct capture *c, int i, struct err *e);
/* capture_over(c, i): the stream is past its cap: reading on serves only to drain it. */
bool capture_over(const struct capture *c, int i);
/* capture_close(c, files, e): what is still in the pipes, then three rows into files. */
int capture_close(struct capture *c, struct json_object *files, struct err *e);
void capture_release(struct capture *c);

/**
 * capture_clean(out, in, n, end):
 * Append in[0..n) to out with every byte that is not part of valid UTF-8, and
 * every NUL, as U+FFFD.  Returns how many bytes at the end begin a character
 * that is not complete yet (0 when end is set: they are replaced too).
 */
struct buf;
size_t capture_clean(struct buf *out, const uint8_t *in, size_t n, bool end);
#endif
