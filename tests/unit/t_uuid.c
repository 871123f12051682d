/* UUIDs: RFC 9562, section 5.7 and the vector of appendix A.6. */
#include "../../lib/base/uuid.h"

#include "../../lib/base/clock.h"
#include "../tap.h"

static void
test_rfc9562_a6(void)
{
	static const char text[] = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
	uint8_t want[16], got[16];
	char again[UUID_TEXT];

	unhex(want, "017f22e279b07cc398c4dc0c0c07398f");
	is_int(uuid_parse(got, text), 0, "the vector parses");
	is_mem(got, want, 16, "to its bytes");
	uuid_format(again, got);
	is_str(again, text, "and back");
	is_int(uuid_parse(got, "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), 0,
	    "upper case too");
}

static void
test_v7(void)
{
	uint8_t a[16], b[16];
	int64_t ms = 0, now = clock_wall_us() / 1000;

	uuid_v7(a);
	uuid_v7(b);
	for (int i = 0; i < 6; i++)
		ms = ms << 8 | a[i];
	ok(ms >= now - 1 && ms <= now + 1000, "begins with the time in ms");
	is_int(a[6] >> 4, 7, "version");
	is_int(a[8] >> 6, 2, "variant");
	ok(memcmp(a, b, 16) != 0, "two differ");
	uuid_random128(a);
	uuid_random128(b);
	ok(memcmp(a, b, 16) != 0, "random ones too");
}

static void
test_refusals(void)
{
	static const char *const bad[] = { "", "017f22e2",
	    "017f22e279b07cc398c4dc0c0c07398f",
	    "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
	    "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
	    "017f22e2_79b0-7cc3-98c4-dc0c0c07398f",
	    "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
	    "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}" };
	uint8_t out[16] = { 0xaa };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		is_int(uuid_parse(out, bad[i]), -1, "\"%s\" is none", bad[i]);
	is_int(out[0], 0xaa, "the output was left alone");
}

int
main(void)
{
	test_rfc9562_a6();
	test_v7();
	test_refusals();
	return done_testing();
}
