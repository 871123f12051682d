/* FastCGI records: however the bytes are cut, the same pieces come out. */
#include <fastcgi.h>
#include <stdlib.h>
#include <string.h>
#include "../../fcgi/record.h"
#include "../tap.h"

/* What a stream says, as text: type:id:content, one record each. */
static void
describe(struct buf *out, const uint8_t *p, size_t n, size_t step, int *rc)
{
	struct rec_parser ps = { .have = 0 };
	struct rec_piece piece;

	*rc = 0;
	for (size_t at = 0; at < n && *rc != -1; at += step) {
		const uint8_t *q = p + at;
		size_t left = n - at < step ? n - at : step;

		while ((*rc = rec_next(&ps, &q, &left, &piece)) == 1) {
			if (piece.first)
				buf_addf(out, "%d:%d:", piece.type, piece.id);
			buf_add(out, piece.p, piece.n);
			if (piece.last)
				buf_addc(out, '\n');
		}
	}
}

static void
test_any_cut_gives_the_same_records(void)
{
	static const uint8_t stream[] = {
		1, FCGI_BEGIN_REQUEST, 0, 7, 0, 8, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0,
		1, FCGI_PARAMS, 0, 7, 0, 5, 3, 0, 'a', 'b', 'c', 'd', 'e', 0, 0, 0,
		1, FCGI_PARAMS, 0, 7, 0, 0, 0, 0,
		1, FCGI_STDIN, 1, 7, 0, 0, 2, 0, 9, 9,
		1, FCGI_STDIN, 0, 7, 0, 1, 0, 0, 'x',
	};
	struct buf whole = BUF_INIT, cut = BUF_INIT;
	bool same = true;
	int rc;

	describe(&whole, stream, sizeof(stream), sizeof(stream), &rc);
	ok(memmem(whole.data, whole.len, "4:7:abcde\n4:7:\n5:263:\n5:7:x\n", 28) != NULL, "content, padding and ids are taken apart");
	for (size_t step = 1; step < sizeof(stream); step++) {
		buf_reset(&cut);
		describe(&cut, stream, sizeof(stream), step, &rc);
		same = same && rc == 0 && cut.len == whole.len && memcmp(cut.data, whole.data, cut.len) == 0;
	}
	ok(same, "cut into pieces of every size, the records are the same");
	buf_release(&whole);
	buf_release(&cut);
}

static void
test_other_versions_end_the_stream(void)
{
	static const uint8_t http[] = "GET / HTTP/1.1\r\n\r\n";
	struct rec_parser ps = { .have = 0 };
	struct rec_piece piece;
	const uint8_t *p = http;
	size_t n = sizeof(http) - 1;

	is_int(rec_next(&ps, &p, &n, &piece), -1, "a stream of another protocol is refused");
}

static void
test_pairs(void)
{
	char p[] = "\x04\x03NAMEval\x01\x00" "E\x80\x00\x00\x02\x01kk1";
	struct rec_pair index[10];
	char big[4 + 1 + 200 + 1] = { (char)0x80, 0, 0, (char)200, 1 };
	ssize_t n = rec_flatten(p, sizeof(p) - 1, 10);

	is_int(n, 9 + 3 + 5, "short and long lengths become text");
	is_str(rec_get(p, (size_t)n, "NAME"), "val", "a value is found");
	is_str(rec_get(p, (size_t)n, "E"), "", "an empty value is there");
	is_str(rec_get(p, (size_t)n, "kk"), "1", "a long length is read");
	ok(rec_get(p, (size_t)n, "val") == NULL, "a value is no name");
	is_int(rec_index(p, (size_t)n, index, 10), 3, "an index of them");
	is_str(rec_find(p, index, 3, "kk"), "1", "finds the same");
	is_str(rec_find(p, index, 3, "E"), "", "an empty value, too");
	ok(rec_find(p, index, 3, "k") == NULL && rec_find(p, index, 3, "val") == NULL, "and whole names only");
	is_int(rec_index(p, (size_t)n, index, 2), 2, "no more than there is room for");
	memset(big + 5, 'n', 200);
	big[205] = 'v';
	is_int(rec_flatten(big, sizeof(big), 1), 203, "long names stay inside their memory");
}

static void
test_bad_pairs(void)
{
	static const struct { const char *bytes; size_t n; const char *what; } bad[] = {
		{ "\x04\x03NAMEva", 8, "a value cut short" }, { "\x04", 1, "a length alone" },
		{ "\x80\x00\x00", 3, "a long length cut short" }, { "\xff\xff\xff\xff\x01xy", 7, "a length of 2 GiB" },
		{ "\x00\x01v", 3, "a name without text" }, { "\x01\x01n\x00", 4, "a NUL in a value" },
		{ "\x01\x00" "a\x01\x00" "b\x01\x00" "c", 9, "more pairs than allowed" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *p = malloc(bad[i].n);

		memcpy(p, bad[i].bytes, bad[i].n);
		is_int(rec_flatten(p, bad[i].n, 2), -1, "%s", bad[i].what);
		free(p);
	}
}

static void
test_values(void)
{
	static const char ask[] = "\x0e\x00" FCGI_MAX_CONNS "\x0f\x00" FCGI_MPXS_CONNS "\x03\x00XXX\x0e\x00" FCGI_MAX_CONNS;
	static const char want[] = "\x0e\x02" FCGI_MAX_CONNS "42\x0f\x01" FCGI_MPXS_CONNS "0";
	struct buf b = BUF_INIT;

	rec_values(&b, (const uint8_t *)ask, sizeof(ask) - 1, 42);
	is_int((int64_t)b.len, (int64_t)(8 + sizeof(want) - 1), "known names are answered once, others not");
	is_mem(b.data + 8, want, sizeof(want) - 1, "with our values");
	is_int(b.data[1], FCGI_GET_VALUES_RESULT, "in a result record");
	buf_release(&b);
}

int
main(void)
{
	test_any_cut_gives_the_same_records();
	test_other_versions_end_the_stream();
	test_pairs();
	test_bad_pairs();
	test_values();
	return done_testing();
}
