/*
 * Export files: those of libindy's libraries read and written to the same
 * bytes; every flipped byte, every truncation and every other change refused.
 */
#include "../../lib/crypt/wallet/exportfile.h"

#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/base/msgpack.h"
#include "../vectors.h"

#define FILE_MAX	8192	/* bytes of a test's file */

static struct {
	const char *name;
	uint8_t	file[FILE_MAX];
	size_t	n, body;		/* bytes; where the body begins */
	struct export_header h;
	struct secret master;
} exports[] = { { .name = "ours" }, { .name = "anoncreds/wallet-export-raw.bin" }, { .name = "anoncreds/wallet-export-int.bin" } };
static size_t n_exports = 1;		/* only ours where there are no vectors */

/* what a reader's sink saw */
struct seen {
	struct json_object *records;
	int	count;
};

static int
see(void *ctx, const struct record *r, struct err *e)
{
	struct seen *s = ctx;
	struct json_object *o = json_object_new_object();

	(void)e;
	s->count++;
	if (s->records == NULL) {
		json_object_put(o);
		return 0;
	}
	json_add_str(o, "type", r->type);
	json_add_str(o, "id", r->name);
	json_add_strn(o, "value", r->value, r->value_len);
	json_add(o, "tags", json_object_get(r->tags));
	json_object_array_add(s->records, o);
	return 0;
}

/* read_body: the whole reader over p[0..n), in pieces of step bytes. */
static int
read_body(const struct export_header *h, const struct secret *master, const uint8_t *p, size_t n, size_t step,
    struct seen *s, struct err *e)
{
	const struct import_sink sink = { see, s };
	struct import_reader *r = NULL;
	int bad = import_reader_new(&r, h, master, &sink, e);

	for (size_t take; bad == 0 && n > 0; p += take, n -= take) {
		take = n < step ? n : step;
		bad = import_reader_feed(r, p, take, e);
	}
	if (bad == 0)
		bad = import_reader_end(r, e);
	import_reader_free(r);
	return bad;
}

/* read_file: header and body, with a key that was derived before. */
static int
read_file(const struct secret *master, const uint8_t *p, size_t n, struct seen *s, struct err *e)
{
	struct export_header h;
	size_t used;
	int got = export_header_read(&h, p, n, &used, e);

	if (got == 0)
		return err_set(e, ERR_IMPORT_TRUNCATED, "in the header");
	return got == -1 ? -1 : read_body(&h, master, p + used, n - used, n, s, e);
}

static int
append(void *ctx, const void *p, size_t n, struct err *e)
{
	(void)e;
	buf_add(ctx, p, n);
	return 0;
}

/* make: ours: a short record and one of several chunks, under a raw key. */
static void
make(void)
{
	static char value[3000];
	const struct record r[] = { { "Indy::Did", "id1", "{}", 2, NULL }, { "app", "big", value, sizeof(value), NULL } };
	CLEANUP(buf_release) struct buf out = BUF_INIT_MAX(FILE_MAX);
	const struct export_sink sink = { append, &out };
	struct export_header h = { .method = WALLET_RAW, .nonce = { 0xff, 0xff }, .time_s = 1543848576 };
	struct export_writer *w = NULL;
	struct err e = ERR_INIT;

	memset(value, 'v', sizeof(value));
	if (wallet_master_random(&exports[0].master, &e) == -1 || export_writer_new(&w, &h, &exports[0].master, &sink, &e) == -1 ||
	    export_writer_put(w, &r[0], &e) == -1 || export_writer_put(w, &r[1], &e) == -1 || export_writer_end(w, &e) == -1)
		abort();
	export_writer_free(w);
	memcpy(exports[0].file, out.data, out.len);
	exports[0].n = out.len;
	is_int(export_header_read(&exports[0].h, out.data, out.len, &exports[0].body, &e), 1, "ours");
	is_mem(exports[0].h.digest, h.digest, SHA256_LEN, "with the digest of its header");
}

static void
load(void)
{
	struct json_object *v;
	uint8_t raw[32];
	struct err e = ERR_INIT;

	if (vec_missing())
		return;
	n_exports = sizeof(exports) / sizeof(exports[0]);
	v = vec_json("anoncreds/wallet-export.json");
	for (size_t i = 1; i < n_exports; i++) {
		int fd = vec_open(exports[i].name);
		ssize_t n = read(fd, exports[i].file, FILE_MAX);

		close(fd);
		exports[i].n = n > 0 ? (size_t)n : 0;
		is_int(export_header_read(&exports[i].h, exports[i].file, exports[i].n, &exports[i].body, &e), 1, "%s", exports[i].name);
	}
	unhex(raw, vec_text(v, "raw_key_hex"));
	secret_alloc(&exports[1].master, sizeof(raw), &e);
	memcpy(exports[1].master.p, raw, sizeof(raw));
	is_int(exports[1].h.method, WALLET_RAW, "a raw key");
	is_int(exports[2].h.method, WALLET_ARGON2I_INT, "a passphrase");
	is_int(wallet_master(&exports[2].master, exports[2].h.method, vec_text(v, "passphrase_for_int"),
	    strlen(vec_text(v, "passphrase_for_int")), exports[2].h.salt, &e), 0, "and its key");
	json_object_put(v);
}

static void
test_import(void)
{
	static const size_t steps[] = { 1, 7, 1039, 1040, 1041, FILE_MAX };
	struct json_object *v = vec_json("anoncreds/wallet-export.json"), *want = vec_at(v, "records");

	for (size_t i = 1; i < n_exports; i++)
		for (size_t j = 0; j < sizeof(steps) / sizeof(steps[0]); j++) {
			CLEANUP(json_put) struct json_object *got = json_object_new_array();
			struct seen s = { got, 0 };
			struct err e = ERR_INIT;

			is_int(read_body(&exports[i].h, &exports[i].master, exports[i].file + exports[i].body,
			    exports[i].n - exports[i].body, steps[j], &s, &e), 0, "%s by %zu bytes %s", exports[i].name, steps[j], e.msg);
			ok(json_object_equal(got, want), "the records that libindy's libraries wrote");
		}
	json_object_put(v);
}

static void
test_export(void)
{
	struct json_object *v = vec_json("anoncreds/wallet-export.json"), *records = vec_at(v, "records");

	for (size_t i = 1; i < n_exports; i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT;
		const struct export_sink sink = { append, &out };
		struct export_header h = exports[i].h;
		struct export_writer *w = NULL;
		struct err e = ERR_INIT;

		memset(h.digest, 0, sizeof(h.digest));
		is_int(export_writer_new(&w, &h, &exports[i].master, &sink, &e), 0, "with the same key, nonce and time");
		for (size_t j = 0; j < json_object_array_length(records); j++) {
			struct json_object *o = json_object_array_get_idx(records, j);
			const char *value = vec_text(o, "value");
			const struct record r = { vec_text(o, "type"), vec_text(o, "id"), value, strlen(value), vec_at(o, "tags") };

			if (export_writer_put(w, &r, &e) == -1)
				ok(false, "record %zu: %s", j, e.msg);
		}
		is_int(export_writer_end(w, &e), 0, "written");
		export_writer_free(w);
		ok(out.len == exports[i].n && memcmp(out.data, exports[i].file, out.len) == 0, "to the same %zu bytes", exports[i].n);
	}
	json_object_put(v);
}

/* Every bit: the key stays the right one even where its salt changed. */
static void
test_flips(void)
{
	static const enum err_code refusals[] = { ERR_WALLET_ACCESS, ERR_STRUCTURE, ERR_IMPORT_TRUNCATED };
	size_t seen[3] = { 0 }, bad = 0;

	for (size_t i = 0; i < n_exports; i++)
		for (size_t j = 0; j < 8 * exports[i].n; j++) {
			struct seen s = { NULL, 0 };
			struct err e = ERR_INIT;
			size_t k = 0;

			exports[i].file[j / 8] ^= (uint8_t)(1 << j % 8);
			if (read_file(&exports[i].master, exports[i].file, exports[i].n, &s, &e) == 0)
				bad++;
			while (k < 3 && e.code != refusals[k])
				k++;
			if (k == 3)
				bad++;
			else
				seen[k]++;
			exports[i].file[j / 8] ^= (uint8_t)(1 << j % 8);
		}
	is_int((int64_t)bad, 0, "a flipped bit anywhere is refused");
	printf("# access %zu, structure %zu, truncated %zu\n", seen[0], seen[1], seen[2]);
}

static void
test_truncated(void)
{
	size_t bad = 0;

	for (size_t i = 0; i < n_exports; i++)
		for (size_t n = 0; n < exports[i].n; n++) {
			struct seen s = { NULL, 0 };
			struct err e = ERR_INIT;

			if (read_file(&exports[i].master, exports[i].file, n, &s, &e) != -1 || e.code != ERR_IMPORT_TRUNCATED)
				bad++;
		}
	is_int((int64_t)bad, 0, "every truncation is IMPORT_TRUNCATED");
}

static void
test_wrong_key(void)
{
	CLEANUP(secret_release) struct secret other = SECRET_INIT;

	wallet_master_random(&other, NULL);
	for (size_t i = 0; i < n_exports; i++) {
		struct seen s = { NULL, 0 };
		struct err e = ERR_INIT, e2 = ERR_INIT;

		is_int(read_file(&other, exports[i].file, exports[i].n, &s, &e), -1, "a wrong key");
		is_int(e.code, ERR_WALLET_ACCESS, "is one");
		exports[i].file[exports[i].body + 1030] ^= 1;	/* in a tag */
		is_int(read_file(&exports[i].master, exports[i].file, exports[i].n, &s, &e2), -1, "a wrong tag");
		exports[i].file[exports[i].body + 1030] ^= 1;
		ok(e2.code == e.code && strcmp(e2.msg, e.msg) == 0, "is told in the same words");
		ok(s.count == 0, "and no record came out");
	}
}

/* made: a file with the given plaintext after the header's digest. */
static void
made(struct buf *out, const void *clear, size_t n)
{
	struct export_header h = exports[0].h;
	uint8_t header[EXPORT_HEADER], text[EXPORT_CHUNK], sealed[EXPORT_CHUNK + AEAD_TAG];
	CLEANUP(aead_release) struct aead a = AEAD_INIT;
	struct err e = ERR_INIT;

	buf_reset(out);
	buf_add(out, header, export_header_write(&h, header));
	memcpy(text, h.digest, SHA256_LEN);
	memcpy(text + SHA256_LEN, clear, n);
	aead_init(&a, exports[0].master.p, 32, &e);
	aead_seal(&a, sealed, h.nonce, NULL, 0, text, SHA256_LEN + n);
	buf_add(out, sealed, SHA256_LEN + n + AEAD_TAG);
}

/* What the one who has the key may still not write. */
static void
test_bad_plaintext(void)
{
	static const struct { const char *what, *hex; enum err_code code; } rows[] = {
		{ "no records", "00000000", ERR_NONE },
		{ "one record", "0700000094a161a162a08000000000", ERR_NONE },
		{ "no end mark", "0700000094a161a162a080", ERR_IMPORT_TRUNCATED },
		{ "half of a record", "0700000094a161", ERR_IMPORT_TRUNCATED },
		{ "half an end mark", "0000", ERR_IMPORT_TRUNCATED },
		{ "bytes after the end mark", "0000000000", ERR_STRUCTURE },
		{ "an array of three", "0600000093a161a162a000000000", ERR_STRUCTURE },
		{ "an array of five", "0800000095a161a162a080a000000000", ERR_STRUCTURE },
		{ "a byte more in a record", "0800000094a161a162a0800000000000", ERR_STRUCTURE },
		{ "an empty type", "0600000094a0a162a08000000000", ERR_STRUCTURE },
		{ "an empty id", "0600000094a161a0a08000000000", ERR_STRUCTURE },
		{ "a NUL in an id", "0700000094a161a100a08000000000", ERR_STRUCTURE },
		{ "a value of bytes", "0800000094a161a162c4008000000000", ERR_STRUCTURE },
		{ "a value that is not UTF-8", "0800000094a161a162a1ff8000000000", ERR_STRUCTURE },
		{ "a tag whose value is a number", "0a00000094a161a162a081a1610100000000", ERR_STRUCTURE },
		{ "a tag twice", "0f00000094a161a162a082a161a162a161a16300000000", ERR_STRUCTURE },
		{ "tags that are an array", "0700000094a161a162a09000000000", ERR_STRUCTURE },
		{ "a tag without a name", "0a00000094a161a162a081a0a16100000000", ERR_STRUCTURE },
		{ "a record of 16 MiB and a byte", "01000001", ERR_PAST_LIMIT },
		{ "a record of 4 GiB", "ffffffff", ERR_PAST_LIMIT },
		{ "a record of 16 MiB that is not there", "00000001", ERR_IMPORT_TRUNCATED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(buf_release) struct buf file = BUF_INIT;
		struct seen s = { NULL, 0 };
		struct err e = ERR_INIT;
		uint8_t clear[64];
		int got;

		made(&file, clear, unhex(clear, rows[i].hex));
		got = read_file(&exports[0].master, (uint8_t *)file.data, file.len, &s, &e);
		ok(got == (rows[i].code == ERR_NONE ? 0 : -1) && e.code == rows[i].code, "%s: %s %s", rows[i].what,
		    err_info(e.code)->word, e.msg);
	}
}

static void
test_bad_headers(void)
{
	static const struct { const char *what, *hex; int got; } rows[] = {
		{ "nothing", "", 0 },
		{ "half a length", "1600", 0 },
		{ "a length and no header", "16000000", 0 },
		{ "a header that lacks a byte", "16000000939202929c000000000000000000000000cd040000", 0 },
		{ "a header of 253 bytes", "fd000000", -1 },
		{ "a header of 4 GiB", "ffffffff", -1 },
		{ "an empty header", "00000000", -1 },
		{ "an unknown variant", "16000000939203929c000000000000000000000000cd04000000", -1 },
		{ "a variant by name", "190000009392a3524157929c000000000000000000000000cd04000000", -1 },
		{ "a raw key with a salt", "1700000093920293909c000000000000000000000000cd04000000", -1 },
		{ "a passphrase without a salt", "16000000939201929c000000000000000000000000cd04000000", -1 },
		{ "a nonce of 11 bytes", "15000000939202929b0000000000000000000000cd04000000", -1 },
		{ "a nonce of a number above 255", "18000000939202929ccd01000000000000000000000000cd04000000", -1 },
		{ "chunks of 1,023 bytes", "16000000939202929c000000000000000000000000cd03ff0000", -1 },
		{ "version 1", "16000000939202929c000000000000000000000000cd04000001", -1 },
		{ "bytes after the version", "17000000939202929c000000000000000000000000cd0400000000", -1 },
		{ "the shortest header", "16000000939202929c000000000000000000000000cd04000000", 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct export_header h;
		struct err e = ERR_INIT;
		uint8_t in[64];
		size_t used = 0;

		is_int(export_header_read(&h, in, unhex(in, rows[i].hex), &used, &e), rows[i].got, "%s", rows[i].what);
		if (rows[i].got == -1)
			is_int(e.code, ERR_STRUCTURE, "as a structure: %s", e.msg);
	}
}

/* Large and many: the writer's chunks and the reader's pieces fit at any size. */
static void
test_sizes(void)
{
	static char value[70000];
	CLEANUP(buf_release) struct buf out = BUF_INIT_MAX(4u << 20);
	const struct export_sink sink = { append, &out };
	struct export_header h = exports[0].h;
	struct export_writer *w = NULL;
	struct seen s = { NULL, 0 };
	struct err e = ERR_INIT;
	char name[16];

	memset(value, 'v', sizeof(value));
	is_int(export_writer_new(&w, &h, &exports[0].master, &sink, &e), 0, "a writer");
	for (size_t n = 0; n < 3000; n++) {
		const struct record r = { "t", name, value, n % 300 == 299 ? sizeof(value) : n % 90, NULL };

		snprintf(name, sizeof(name), "%zu", n);
		if (export_writer_put(w, &r, &e) == -1)
			ok(false, "record %zu: %s", n, e.msg);
	}
	is_int(export_writer_end(w, &e), 0, "ended");
	export_writer_free(w);
	is_int(read_file(&exports[0].master, (uint8_t *)out.data, out.len, &s, &e), 0, "read %s", e.msg);
	is_int(s.count, 3000, "all of it");
	out.len -= 1040;	/* at the border of chunks, the end mark gone with the last */
	is_int(read_file(&exports[0].master, (uint8_t *)out.data, out.len, &s, &e), -1, "without the end");
	is_int(e.code, ERR_IMPORT_TRUNCATED, "is truncated");
}

static int
full(void *ctx, const void *p, size_t n, struct err *e)
{
	(void)ctx, (void)p, (void)n;
	return err_set(e, ERR_SYS, "no space left");
}

static void
test_writer_refusals(void)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT;
	const struct export_sink sink = { append, &out }, no_room = { full, NULL };
	CLEANUP(json_put) struct json_object *tags = json_object_new_object();
	struct record r = { "t", "n", "\xff", 1, NULL };
	struct export_header h = exports[0].h;
	struct export_writer *w = NULL;
	struct err e = ERR_INIT;

	ok(export_writer_new(&w, &h, &exports[0].master, &no_room, &e) == -1 && e.code == ERR_SYS && w == NULL, "a full disk");
	export_writer_new(&w, &h, &exports[0].master, &sink, &e);
	ok(export_writer_put(w, &r, &e) == -1 && e.code == ERR_STRUCTURE, "a value that is not UTF-8: %s", e.msg);
	r.value_len = EXPORT_RECORD_MAX + 1;
	ok(export_writer_put(w, &r, &e) == -1 && e.code == ERR_PAST_LIMIT, "a value above the cap: %s", e.msg);
	r.value_len = 0;
	r.tags = tags;
	json_add_i64(tags, "a", 1);
	ok(export_writer_put(w, &r, &e) == -1 && e.code == ERR_STRUCTURE, "a tag that is a number: %s", e.msg);
	export_writer_free(w);
}

int
main(void)
{
	make();
	load();
	if (n_exports > 1) {
		test_import();
		test_export();
	}
	test_flips();
	test_truncated();
	test_wrong_key();
	test_bad_plaintext();
	test_bad_headers();
	test_sizes();
	test_writer_refusals();
	for (size_t i = 0; i < n_exports; i++)
		secret_release(&exports[i].master);
	return done_testing();
}
