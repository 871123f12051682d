/*
 * MessagePack: whatever the order of the calls, a reader stays inside its text,
 * moves only when it says so, and what it read is written in at most as many
 * bytes.  The first byte of the input is how the calls are chosen.
 * Reaches: lib/base/msgpack.c
 */
#include "../../lib/base/msgpack.h"

#include <stdlib.h>

#include "../../lib/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
take(struct msgpack *m, unsigned call)
{
	uint8_t out[MSGPACK_HEAD];
	const uint8_t *bytes = m->p;
	const char *text = (const char *)m->p;
	uint64_t v;
	size_t n;

	switch (call) {
	case 0:
		return msgpack_uint(m, &v) == -1 ? 0 : msgpack_put_uint(out, v);
	case 1:
		if (msgpack_str(m, &text, &n) == -1)
			return 0;
		if (!utf8_valid(text, n))
			abort();
		return msgpack_put_str(out, (uint32_t)n) + n;
	case 2:
		return msgpack_bin(m, &bytes, &n) == -1 ? 0 : msgpack_put_bin(out, (uint32_t)n) + n;
	case 3:
		return msgpack_array(m, &n) == -1 ? 0 : msgpack_put_array(out, (uint32_t)n);
	default:
		return msgpack_map(m, &n) == -1 ? 0 : msgpack_put_map(out, (uint32_t)n);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct msgpack m = { data + 1, size - 1 };
	unsigned order;

	if (size == 0)
		return 0;
	order = data[0];
	for (unsigned failed = 0; failed < 5;) {
		const struct msgpack was = m;
		size_t least = take(&m, order++ % 5);

		if (m.p + m.n != data + size || m.n > was.n)
			abort();
		if (least == 0 ? m.n != was.n : was.n - m.n < least)
			abort();
		failed = least == 0 ? failed + 1 : 0;
	}
	return 0;
}
