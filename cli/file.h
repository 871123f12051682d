#ifndef CLI_FILE_H
#define CLI_FILE_H
#include <stdint.h>
#include "../lib/base/buf.h"
#include "../lib/base/err.h"
/*
 * Files that the caller names.
 */
/* file_read(b, path, max, e): a whole file of at most max bytes; "-" is standard
 * input.  ERR_CONFIG names the file. */
int file_read(struct buf *b, const char *path, size_t max, struct err *e);
/* file_digest(fd, hex, size, e): SHA-256 in hex (65 bytes) and size of a regular
 * file, read from its start. */
int file_digest(int fd, char hex[65], int64_t *size, struct err *e);
#endif
