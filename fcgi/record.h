#ifndef FCGI_RECORD_H
#define FCGI_RECORD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "../lib/base/buf.h"
/*
 * FastCGI 1.0 records as bytes: no sockets, no requests.  The parser keeps a
 * record header and nothing else, so a connection that waits costs no buffer.
 */
#define REC_HEADER	8	/* bytes before the content of a record */
#define REC_END		16	/* bytes of a whole FCGI_END_REQUEST record */
#define REC_CONTENT_MAX	65528	/* what we put into one record: no padding needed */

struct rec_parser {
	uint8_t	hdr[REC_HEADER];
	uint8_t	have;		/* bytes of hdr */
	bool	fresh;		/* no piece of this record was given yet */
	uint16_t left;		/* content bytes to come */
	uint8_t	pad;		/* padding bytes to come */
};
struct rec_piece {
	uint8_t	type;
	uint16_t id;
	bool	first, last;	/* of its record; both for an empty one */
	const uint8_t *p;	/* borrowed from the input */
	size_t	n;
};
/*
 * rec_next(ps, &p, &n, out): take the next piece of a record from p[0..n),
 * moving both on.  Returns 1 with *out, 0 when more input is needed (all of it
 * was taken), -1 when the version is not 1: the stream is of no use any more.
 */
int rec_next(struct rec_parser *ps, const uint8_t **p, size_t *n, struct rec_piece *out);

void rec_header(uint8_t out[REC_HEADER], uint8_t type, uint16_t id, uint16_t content, uint8_t pad);
/* rec_end(out, id, protocol_status): FCGI_END_REQUEST with application status 0. */
void rec_end(uint8_t out[REC_END], uint16_t id, uint8_t protocol_status);
/* rec_unknown(out, type): FCGI_UNKNOWN_TYPE about a management record we do not know. */
void rec_unknown(uint8_t out[REC_END], uint8_t type);
/* rec_values(b, p, n, max_conns): the FCGI_GET_VALUES_RESULT record to the
 * FCGI_GET_VALUES content p[0..n); names we do not know are left out. */
void rec_values(struct buf *b, const uint8_t *p, size_t n, unsigned max_conns);

/*
 * rec_flatten(p, n, max): turn FastCGI name-value pairs into "name\0value\0"
 * in place.  Returns the new length (never more than n), or -1 when the pairs
 * are truncated, hold a NUL or an empty name, or are more than max.
 */
ssize_t rec_flatten(char *p, size_t n, size_t max);
/* rec_get(flat, n, name): value in flattened pairs, the first one; or NULL. */
const char *rec_get(const char *flat, size_t n, const char *name);
/* Where a pair of flattened ones is, for those who ask for many. */
struct rec_pair { uint16_t name, value; };
#define REC_INDEX_MAX	UINT16_MAX	/* bytes of pairs that can be indexed */
/* rec_index(flat, n, out, max): the first max pairs; returns their number. */
size_t rec_index(const char *flat, size_t n, struct rec_pair *out, size_t max);
/* rec_find(flat, pairs, n, name): as rec_get() by the index. */
const char *rec_find(const char *flat, const struct rec_pair *pairs, size_t n, const char *name);
#endif
