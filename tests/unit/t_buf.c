/* Buffers: growth up to a bound, the sticky failure, removal from the front. */
#include "../../lib/base/buf.h"

#include <string.h>

#include "../tap.h"

static void
test_grows_and_terminates(void)
{
	struct buf b = BUF_INIT;

	for (int i = 0; i < 1000; i++)
		buf_addf(&b, "%d,", i);
	buf_adds(&b, "end");
	is_int(b.failed, false, "a thousand appends fit");
	is_int((int64_t)strlen(b.data), (int64_t)b.len, "NUL stands at len");
	is_str(b.data + b.len - 8, ",999,end", "the last ones are there");
	buf_reset(&b);
	is_int((int64_t)b.len, 0, "reset empties");
	is_str(b.data, "", "and terminates");
	buf_release(&b);
	buf_release(&b);
	ok(b.data == NULL, "released twice without harm");
}

static void
test_bound_is_exact_and_sticky(void)
{
	struct buf b = BUF_INIT_MAX(10);

	buf_add(&b, "0123456789", 10);
	is_int(b.failed, false, "exactly max fits");
	buf_addc(&b, 'x');
	is_int(b.failed, true, "one more fails");
	is_int((int64_t)b.len, 10, "and adds nothing");
	buf_drop(&b, 5);
	buf_addc(&b, 'x');
	is_int((int64_t)b.len, 5, "failure sticks even when there is room");
	buf_reset(&b);
	buf_addc(&b, 'x');
	is_str(b.data, "x", "until reset");
	ok(buf_room(&b, SIZE_MAX) == NULL, "a wrapping size is refused");
	buf_release(&b);
}

static void
test_room_and_drop(void)
{
	struct buf b = BUF_INIT_MAX(100);
	char *p = buf_room(&b, 5);

	memcpy(p, "abcde", 5);
	buf_grew(&b, 3);
	is_str(b.data, "abc", "only what was written counts");
	buf_drop(&b, 1);
	is_str(b.data, "bc", "drop takes from the front");
	buf_drop(&b, 99);
	is_str(b.data, "", "dropping too much empties");
	buf_release(&b);
}

static void
test_without_a_bound(void)
{
	struct buf b = BUF_INIT_MAX(SIZE_MAX);

	buf_adds(&b, "x");
	is_str(b.data, "x", "the largest bound does not wrap");
	buf_release(&b);
}

int
main(void)
{
	test_grows_and_terminates();
	test_bound_is_exact_and_sticky();
	test_room_and_drop();
	test_without_a_bound();
	return done_testing();
}
