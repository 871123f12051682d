#ifndef DAP_WIRE_H
#define DAP_WIRE_H
#include "../base/buf.h"
#include "problem.h"
/*
 * Bytes of messages: big-endian numbers, vectors with their length in bytes in
 * front.  Readers copy nothing: slices point into what is read, which must live
 * as long.
 */
struct dap_slice {
	const uint8_t *p;
	size_t	n;
};
static inline struct dap_slice
dap_slice(const void *p, size_t n)
{
	return (struct dap_slice){ .p = p, .n = n };
}

/*
 * A reader stops at the first field that is not there and remembers its name;
 * from then on it yields zeros and empty slices.  Read a whole message, ask
 * once: dap_end.
 */
struct dap_reader {
	const uint8_t *p;
	size_t	n;
	const char *field, *fault;	/* NULL, or what failed and how */
};
static inline struct dap_reader
dap_reader(struct dap_slice s)
{
	return (struct dap_reader){ .p = s.p, .n = s.n };
}
uint8_t dap_u8(struct dap_reader *r, const char *field);
uint16_t dap_u16(struct dap_reader *r, const char *field);
uint32_t dap_u32(struct dap_reader *r, const char *field);
uint64_t dap_u64(struct dap_reader *r, const char *field);
struct dap_slice dap_take(struct dap_reader *r, size_t n, const char *field);
/* dap_vec(r, width, min, field): a vector whose length has width bytes (1, 2 or 4)
 * and is at least min. */
struct dap_slice dap_vec(struct dap_reader *r, unsigned width, size_t min, const char *field);
struct dap_slice dap_rest(struct dap_reader *r, size_t min, const char *field);
void dap_bad(struct dap_reader *r, const char *field, const char *fault);	/* unless it failed before */
bool dap_more(const struct dap_reader *r);	/* bytes are left, and nothing failed */
/* dap_end(r, f): 0 when all was read and nothing was left, else -1 with
 * invalidMessage naming the field.  dap_good: the same, bytes may be left. */
int dap_end(const struct dap_reader *r, struct dap_fault *f);
int dap_good(const struct dap_reader *r, struct dap_fault *f);

void dap_put_u8(struct buf *b, uint8_t v);
void dap_put_u16(struct buf *b, uint16_t v);
void dap_put_u32(struct buf *b, uint32_t v);
void dap_put_u64(struct buf *b, uint64_t v);
void dap_put(struct buf *b, struct dap_slice s);
/* dap_put_vec(b, width, s): a slice that does not fit its width makes b fail. */
void dap_put_vec(struct buf *b, unsigned width, struct dap_slice s);
/*
 * A vector whose content is written in place: dap_open_vec leaves room for the
 * length and returns where; dap_close_vec fills it in.
 */
size_t dap_open_vec(struct buf *b, unsigned width);
void dap_close_vec(struct buf *b, unsigned width, size_t at);
#endif
