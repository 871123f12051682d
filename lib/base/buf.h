#ifndef BASE_BUF_H
#define BASE_BUF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/*
 * A growing byte buffer with an upper bound.  Passing max (or running out of
 * memory) sets a sticky failed: append ten times, check once.  data is always
 * NUL-terminated when not NULL; len does not count that NUL.
 */
struct buf {
	char	*data;
	size_t	len, cap, max;
	bool	failed;
};
#define BUF_INIT	{ .max = 1u << 20 }
#define BUF_INIT_MAX(m)	{ .max = (m) }
void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);	/* frees; safe on zeroed */
void buf_reset(struct buf *b);		/* empties, keeps memory, clears failed */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* buf_room(b, n): pointer to n writable bytes past len, or NULL (failed set);
 * then buf_grew(b, k) after k <= n were written. */
char *buf_room(struct buf *b, size_t n);
void buf_grew(struct buf *b, size_t n);
void buf_drop(struct buf *b, size_t n);	/* remove n bytes from the front */
#endif
