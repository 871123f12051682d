#ifndef BLOB_LINES_H
#define BLOB_LINES_H
#include <stddef.h>
#include "../../lib/base/buf.h"
#include "../../lib/base/err.h"
#include "../../lib/blob/store.h"
/* The lines that daemons write to darkroom-blob; bounded and checked all the same. */
#define LINES_WORDS	6
/* lines_read(b, fd, e): all of it into b, at most its max; ERR_LIMIT. */
int lines_read(struct buf *b, int fd, struct err *e);
/* lines_next(p, words, n, e): cut the next line at *p into exactly n words.
 * 1, 0 at the end, -1 with ERR_VALIDATION; *p moves on and is overwritten. */
int lines_next(char **p, char *words[LINES_WORDS], size_t n, struct err *e);
/* Words of a line. */
int lines_size(int64_t *out, const char *word, struct err *e);
int lines_sha(char out[SHA256_HEX], const char *word, struct err *e);
int lines_place(char out[S3_PLACE_LEN], const char *word, struct err *e);	/* "-": "" */
#endif
