#ifndef BASE_MSGPACK_H
#define BASE_MSGPACK_H
#include <stddef.h>
#include <stdint.h>
/*
 * The part of MessagePack that wallets use: unsigned integers, text, bytes,
 * arrays and maps.  Nothing is allocated, so that secrets can pass through.
 * Source: github.com/msgpack/msgpack, spec.md.
 *
 * Writing: the head of a value, in its shortest form, into out; returns its
 * length.  The contents follow it: n bytes, n values, or n pairs of values.
 */
#define MSGPACK_HEAD	9	/* bytes of the longest head */
size_t msgpack_put_uint(uint8_t out[MSGPACK_HEAD], uint64_t v);		/* is the whole value */
size_t msgpack_put_str(uint8_t out[MSGPACK_HEAD], uint32_t n);
size_t msgpack_put_bin(uint8_t out[MSGPACK_HEAD], uint32_t n);
size_t msgpack_put_array(uint8_t out[MSGPACK_HEAD], uint32_t n);
size_t msgpack_put_map(uint8_t out[MSGPACK_HEAD], uint32_t n);
/*
 * Reading: a struct msgpack is what is left of a text that stays the caller's.
 * Each call takes one value of its type in any width and moves on; -1 when the
 * next value is of another type or the text ends, and then nothing has moved.
 * Text and bytes are borrowed from the text, and text is valid UTF-8.  A count
 * of values or pairs is at most what the bytes that are left can hold.
 */
struct msgpack {
	const uint8_t *p;
	size_t	n;
};
int msgpack_uint(struct msgpack *m, uint64_t *v);
int msgpack_str(struct msgpack *m, const char **p, size_t *n);		/* no NUL at its end */
int msgpack_bin(struct msgpack *m, const uint8_t **p, size_t *n);
int msgpack_array(struct msgpack *m, size_t *n);
int msgpack_map(struct msgpack *m, size_t *n);
#endif
