#ifndef CRYPT_WBUF_H
#define CRYPT_WBUF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/*
 * A growing byte buffer for what is confidential and too large for locked
 * memory: opened records and messages.  Every byte that it gives back to the
 * allocator was wiped, also when it grows.  As in struct buf, passing max or
 * running out of memory sets a sticky failed, and data is NUL-terminated when
 * it is not NULL.  Keys belong into struct secret.
 */
struct wbuf {
	uint8_t	*data;
	size_t	len, cap, max;
	size_t	used;		/* bytes that were ever written since they were wiped */
	bool	failed;
};
#define WBUF_INIT_MAX(m)	{ .max = (m) }
void wbuf_release(struct wbuf *b);	/* wipes and frees; safe on zeroed */
void wbuf_reset(struct wbuf *b);	/* wipes, empties, keeps memory, clears failed */
void wbuf_add(struct wbuf *b, const void *p, size_t n);
/* wbuf_room(b, n): n writable bytes past len, or NULL (failed set); then
 * wbuf_grew(b, k) after k <= n of them were written. */
uint8_t *wbuf_room(struct wbuf *b, size_t n);
void wbuf_grew(struct wbuf *b, size_t n);
#endif
