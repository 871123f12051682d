/* MessagePack: the forms of the specification's table, both ways, and ends. */
#include "../../lib/base/msgpack.h"

#include "../tap.h"

static const struct { uint64_t v; const char *hex; } uints[] = {
	{ 0, "00" }, { 127, "7f" }, { 128, "cc80" }, { 255, "ccff" },
	{ 256, "cd0100" }, { 65535, "cdffff" }, { 65536, "ce00010000" },
	{ 4294967295u, "ceffffffff" }, { 4294967296u, "cf0000000100000000" },
	{ UINT64_MAX, "cfffffffffffffffff" },
};

static void
test_uint(void)
{
	for (size_t i = 0; i < sizeof(uints) / sizeof(uints[0]); i++) {
		uint8_t out[MSGPACK_HEAD], want[MSGPACK_HEAD];
		size_t n = unhex(want, uints[i].hex);
		struct msgpack m = { want, n };
		uint64_t v = 1;

		is_int((int64_t)msgpack_put_uint(out, uints[i].v), (int64_t)n, "length of %s", uints[i].hex);
		is_mem(out, want, n, "shortest form");
		is_int(msgpack_uint(&m, &v), 0, "read");
		ok(v == uints[i].v && m.n == 0, "as it was");
		for (size_t cut = 0; cut < n; cut++) {
			m = (struct msgpack){ want, cut };
			ok(msgpack_uint(&m, &v) == -1 && m.n == cut, "cut at %zu: refused, not moved", cut);
		}
	}
}

static const struct head {
	size_t	(*put)(uint8_t *out, uint32_t n);
	uint32_t n;
	const char *hex;
} heads[] = {
	{ msgpack_put_str, 0, "a0" }, { msgpack_put_str, 31, "bf" }, { msgpack_put_str, 32, "d920" },
	{ msgpack_put_str, 256, "da0100" }, { msgpack_put_str, 65536, "db00010000" },
	{ msgpack_put_bin, 0, "c400" }, { msgpack_put_bin, 256, "c50100" }, { msgpack_put_bin, 65536, "c600010000" },
	{ msgpack_put_array, 15, "9f" }, { msgpack_put_array, 16, "dc0010" }, { msgpack_put_array, 65536, "dd00010000" },
	{ msgpack_put_map, 15, "8f" }, { msgpack_put_map, 16, "de0010" }, { msgpack_put_map, 65536, "df00010000" },
};

static void
test_heads(void)
{
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		uint8_t out[MSGPACK_HEAD], want[MSGPACK_HEAD];
		size_t n = unhex(want, heads[i].hex);

		is_int((int64_t)heads[i].put(out, heads[i].n), (int64_t)n, "length of %s", heads[i].hex);
		is_mem(out, want, n, "shortest form");
	}
}

static struct msgpack
text(uint8_t *room, const char *hex)
{
	return (struct msgpack){ room, unhex(room, hex) };
}

static void
test_read(void)
{
	uint8_t room[64];
	const uint8_t *bytes;
	const char *s;
	size_t n;
	struct msgpack m = text(room, "93a3616263c402ffee81d9017801");
	uint64_t v;

	ok(msgpack_array(&m, &n) == 0 && n == 3, "an array of three");
	ok(msgpack_str(&m, &s, &n) == 0 && n == 3 && memcmp(s, "abc", 3) == 0, "text");
	ok(msgpack_bin(&m, &bytes, &n) == 0 && n == 2 && bytes[1] == 0xee, "bytes");
	ok(msgpack_map(&m, &n) == 0 && n == 1, "a map of one");
	ok(msgpack_str(&m, &s, &n) == 0 && n == 1, "text in a longer form than it needs");
	ok(msgpack_uint(&m, &v) == 0 && v == 1 && m.n == 0, "and its value");
}

static void
test_refused(void)
{
	static const struct { const char *what, *hex; } bad[] = {
		{ "nothing", "" }, { "nil", "c0" }, { "a negative number", "ff" }, { "int 8", "d001" }, { "a float", "ca00000000" },
		{ "true", "c3" }, { "text longer than what is left", "a36162" }, { "text that is not UTF-8", "a2c3ff" },
		{ "a count of 2^32 - 1 elements", "ddffffffff0000" }, { "pairs that cannot be there", "820102" "03" },
		{ "bytes longer than what is left", "c4020a" }, { "the reserved byte", "c1" }, { "ext", "d40101" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint8_t room[64];
		struct msgpack m = text(room, bad[i].hex);
		const struct msgpack was = m;
		const uint8_t *bytes;
		const char *s;
		uint64_t v;
		size_t n;

		ok(msgpack_uint(&m, &v) == -1 && msgpack_str(&m, &s, &n) == -1 && msgpack_bin(&m, &bytes, &n) == -1 &&
		    msgpack_array(&m, &n) == -1 && msgpack_map(&m, &n) == -1, "refused: %s", bad[i].what);
		ok(m.p == was.p && m.n == was.n, "and not moved");
	}
}

int
main(void)
{
	test_uint();
	test_heads();
	test_read();
	test_refused();
	return done_testing();
}
