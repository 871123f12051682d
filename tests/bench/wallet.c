/*
 * wallet: what wallets, DIDs and packed messages cost, in one process each.
 *
 *	wallet RECORDS ROUNDS FOLDER	(RECORDS in an export; its files go to FOLDER)
 *
 * Prints a JSON line for each operation: {"op", "n", "p50", "p90", "p99", "max",
 * "unit"}: CPU milliseconds; "rss" too, the process's most memory in KiB, where
 * it is the matter.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/envelope/pack.h"
#include "../../lib/crypt/wallet/exportfile.h"
#include "../../lib/crypt/wallet/query.h"
#include "../../lib/crypt/wbuf.h"

#define PAGE	100	/* records that come or go at once */
#define VALUE	200	/* bytes of a record's value */

static struct wallet_keys keys;
static struct secret master;
static struct json_object *tags, *sealed, *wql;
static struct record sample;
static struct did_key one;
static uint8_t to[PACK_RECIPIENTS][ED25519_KEY];
static struct buf packed[4];
static char folder[4096];
static size_t records;

static double
cpu_ms(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1e3 + (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e3;
}

static double
now_ms(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return cpu_ms(&u);
}

static void
must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "wallet: %s failed\n", what);
	exit(1);
}

/* ---- single operations -------------------------------------------------- */

static void
unlock(enum wallet_method m)
{
	static const uint8_t salt[WALLET_SALT];
	uint8_t rest[WALLET_KEYS_SEALED];
	CLEANUP(secret_release) struct secret got = SECRET_INIT;
	CLEANUP(wallet_keys_release) struct wallet_keys opened = WALLET_KEYS_INIT;

	must(wallet_master(&got, m, "a passphrase", 12, salt, NULL) == 0, "a master key");
	must(wallet_keys_seal(rest, &keys, &got, NULL) == 0 && wallet_keys_open(&opened, rest, sizeof(rest), &got, NULL) == 0, "seven keys");
}

static void unlock_mod(void) { unlock(WALLET_ARGON2I_MOD); }
static void unlock_int(void) { unlock(WALLET_ARGON2I_INT); }

static void
seal_record(void)
{
	CLEANUP(json_put) struct json_object *o = NULL;

	must(record_seal(&o, &keys, &sample, NULL) == 0, "record_seal");
}

static void
open_record(void)
{
	CLEANUP(record_opened_release) struct record_opened got = RECORD_OPENED_INIT;

	must(record_open(&got, &keys, sealed, NULL) == 0, "record_open");
}

static void
seal_query(void)
{
	CLEANUP(json_put) struct json_object *o = NULL;

	must(wallet_query(&o, &keys, wql, NULL) == 0, "wallet_query");
}

/* create_did: all that did.create_my computes: the key, its texts, two records sealed. */
static void
create_did(void)
{
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT;
	CLEANUP(wbuf_release) struct wbuf value = WBUF_INIT_MAX(1000);
	CLEANUP(json_put) struct json_object *a = NULL, *b = NULL;
	struct record r = { .type = DID_RECORD_DID };
	struct did_pair p;

	must(did_key_make(&k, NULL, 0, NULL) == 0 && did_of_key(p.did, k.pub, false, NULL, NULL) == 0, "a key");
	verkey_text(p.verkey, k.pub);
	did_pair_write(&value, &p);
	r.name = p.did;
	r.value = (char *)value.data;
	r.value_len = value.len;
	must(record_seal(&a, &keys, &r, NULL) == 0, "a DID's record");
	wbuf_reset(&value);
	must(did_key_write(&value, &k, NULL) == 0, "a key's text");
	r = (struct record){ DID_RECORD_KEY, p.verkey, (char *)value.data, value.len, NULL };
	must(record_seal(&b, &keys, &r, NULL) == 0, "a key's record");
}

static void
sign(void)
{
	uint8_t sig[ED25519_SIG];

	must(did_sign(sig, sample.value, sample.value_len, &one, NULL) == 0, "a signature");
}

static void
pack(struct buf *out, size_t n_to, bool auth)
{
	buf_reset(out);
	must(pack_message(out, sample.value, sample.value_len, to, n_to, auth ? &one : NULL, NULL) == 0, "pack_message");
}

static void
unpack(const struct buf *text)
{
	CLEANUP(packed_release) struct packed v = PACKED_INIT;
	CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(1000);
	char sender[VERKEY_TEXT];

	must(packed_parse(&v, text->data, text->len, NULL) == 0 && packed_open(&out, sender, &v, 0, &one, NULL) == 0, "unpacking");
}

static void pack_auth_1(void) { pack(&packed[0], 1, true); }
static void pack_anon_1(void) { pack(&packed[1], 1, false); }
static void pack_auth_100(void) { pack(&packed[2], PACK_RECIPIENTS, true); }
static void pack_anon_100(void) { pack(&packed[3], PACK_RECIPIENTS, false); }
static void unpack_auth_1(void) { unpack(&packed[0]); }
static void unpack_anon_1(void) { unpack(&packed[1]); }
static void unpack_auth_100(void) { unpack(&packed[2]); }
static void unpack_anon_100(void) { unpack(&packed[3]); }

/* ---- whole wallets: records as SQL hands them out, a page at a time ------ */

static FILE *
file(const char *name, const char *mode)
{
	char path[sizeof(folder) + 32];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, mode);
	must(f != NULL, path);
	return f;
}

static void
make_pages(void)
{
	FILE *f = file("pages", "w");
	struct record r = sample;
	char name[32];

	for (size_t i = 0; i < records; i += PAGE) {
		CLEANUP(json_put) struct json_object *page = json_object_new_array();

		for (size_t j = 0; j < PAGE; j++) {
			struct json_object *o = NULL;

			snprintf(name, sizeof(name), "record %zu", i + j);
			r.name = name;
			must(record_seal(&o, &keys, &r, NULL) == 0, "record_seal");
			json_object_array_add(page, o);
		}
		fprintf(f, "%s\n", json_text(page));
	}
	must(fclose(f) == 0, "pages");
}

static int
to_file(void *ctx, const void *p, size_t n, struct err *e)
{
	(void)e;
	return fwrite(p, 1, n, ctx) == n ? 0 : -1;
}

static void
export_all(void)
{
	FILE *pages = file("pages", "r"), *out = file("export", "w");
	const struct export_sink sink = { to_file, out };
	struct export_header h = { .method = WALLET_RAW };
	struct export_writer *w = NULL;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	must(export_writer_new(&w, &h, &master, &sink, NULL) == 0, "a writer");
	while ((n = getline(&line, &cap, pages)) > 0) {
		CLEANUP(json_put) struct json_object *page = NULL;

		must(json_parse(&page, line, (size_t)n - 1, NULL) == 0, "a page");
		for (size_t i = 0; i < json_object_array_length(page); i++) {
			CLEANUP(record_opened_release) struct record_opened got = RECORD_OPENED_INIT;

			must(record_open(&got, &keys, json_object_array_get_idx(page, i), NULL) == 0 &&
			    export_writer_put(w, &got.r, NULL) == 0, "a record");
		}
	}
	must(export_writer_end(w, NULL) == 0 && fclose(out) == 0, "the export");
}

static struct json_object *pending;
static FILE *imported;

static void
send_page(void)
{
	fprintf(imported, "%s\n", json_text(pending));
	json_put(&pending);
	pending = json_object_new_array();
}

static int
import_one(void *ctx, const struct record *r, struct err *e)
{
	struct json_object *o = NULL;

	(void)ctx;
	if (record_seal(&o, &keys, r, e) == -1)
		return -1;
	json_object_array_add(pending, o);
	if (json_object_array_length(pending) == PAGE)
		send_page();
	return 0;
}

static void
import_all(void)
{
	const struct import_sink sink = { import_one, NULL };
	FILE *in = file("export", "r");
	struct import_reader *r = NULL;
	struct export_header h;
	uint8_t part[65536];
	size_t used, n;

	imported = file("imported", "w");
	pending = json_object_new_array();
	n = fread(part, 1, sizeof(part), in);
	must(export_header_read(&h, part, n, &used, NULL) == 1, "a header");
	must(import_reader_new(&r, &h, &master, &sink, NULL) == 0 && import_reader_feed(r, part + used, n - used, NULL) == 0, "the beginning");
	while ((n = fread(part, 1, sizeof(part), in)) > 0)
		must(import_reader_feed(r, part, n, NULL) == 0, "a part");
	must(import_reader_end(r, NULL) == 0, "the end");
	send_page();
	must(fclose(imported) == 0, "what was imported");
}

/* ---- the lines ---------------------------------------------------------- */

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
line(const char *op, double *ms, size_t n, long rss)
{
	qsort(ms, n, sizeof(*ms), by_size);
	printf("{\"op\":\"%s\",\"n\":%zu,\"p50\":%.5f,\"p90\":%.5f,\"p99\":%.5f,\"max\":%.5f,\"unit\":\"ms\"", op, n, ms[n / 2], ms[n * 9 / 10],
	    ms[n * 99 / 100], ms[n - 1]);
	if (rss > 0)
		printf(",\"rss\":%ld", rss);
	printf("}\n");
	fflush(stdout);
}

/* times: rounds runs of a batch each, as the clock of CPU time is coarse. */
static void
times(const char *op, void (*fn)(void), size_t rounds, size_t batch)
{
	double *ms = calloc(rounds, sizeof(*ms));

	must(ms != NULL, "memory");
	for (size_t i = 0; i < rounds; i++) {
		double start = now_ms();

		for (size_t j = 0; j < batch; j++)
			fn();
		ms[i] = (now_ms() - start) / (double)batch;
	}
	line(op, ms, rounds, 0);
	free(ms);
}

/* apart: rounds runs in a process of its own each, with its memory. */
static void
apart(const char *op, void (*fn)(void), size_t rounds)
{
	double *ms = calloc(rounds, sizeof(*ms));
	long rss = 0;

	must(ms != NULL, "memory");
	for (size_t i = 0; i < rounds; i++) {
		struct rusage u;
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			fn();
			_exit(0);
		}
		must(pid > 0 && wait4(pid, &status, 0, &u) == pid && status == 0, op);
		ms[i] = cpu_ms(&u);
		rss = u.ru_maxrss > rss ? u.ru_maxrss : rss;
	}
	line(op, ms, rounds, rss);
	free(ms);
}

static void
prepare(void)
{
	static char value[VALUE];

	memset(value, 'v', sizeof(value));
	must(wallet_keys_make(&keys, NULL) == 0 && wallet_master_random(&master, NULL) == 0 && did_key_make(&one, NULL, 0, NULL) == 0, "keys");
	tags = json_tokener_parse("{\"colour\":\"blue\",\"~size\":\"42\"}");
	wql = json_tokener_parse("{\"$or\":[{\"colour\":\"blue\"},{\"~size\":{\"$gt\":\"40\"}}]}");
	sample = (struct record){ "bench", "record", value, sizeof(value), tags };
	must(record_seal(&sealed, &keys, &sample, NULL) == 0, "record_seal");
	for (size_t i = 0; i < PACK_RECIPIENTS; i++)
		memcpy(to[i], one.pub, ED25519_KEY);
	for (size_t i = 0; i < 4; i++)
		packed[i] = (struct buf)BUF_INIT;
	make_pages();
}

int
main(int argc, char **argv)
{
	size_t rounds;

	must(argc == 4, "usage: wallet RECORDS ROUNDS FOLDER");
	records = strtoul(argv[1], NULL, 10);
	rounds = strtoul(argv[2], NULL, 10);
	snprintf(folder, sizeof(folder), "%s", argv[3]);
	prepare();
	apart("export", export_all, rounds / 10 + 1);
	apart("import", import_all, rounds / 10 + 1);
	times("unlock argon2i_mod", unlock_mod, rounds / 10 + 1, 1);
	times("unlock argon2i_int", unlock_int, rounds / 10 + 1, 1);
	times("record seal", seal_record, rounds, 100);
	times("record open", open_record, rounds, 100);
	times("query", seal_query, rounds, 100);
	times("did.create_my, arithmetic", create_did, rounds, 100);
	times("sign", sign, rounds, 100);
	times("pack, sender, 1 recipient", pack_auth_1, rounds, 20);
	times("pack, no sender, 1 recipient", pack_anon_1, rounds, 20);
	times("pack, sender, 100 recipients", pack_auth_100, rounds, 1);
	times("pack, no sender, 100 recipients", pack_anon_100, rounds, 1);
	times("unpack, sender, 1 recipient", unpack_auth_1, rounds, 20);
	times("unpack, no sender, 1 recipient", unpack_anon_1, rounds, 20);
	times("unpack, sender, 100 recipients", unpack_auth_100, rounds, 5);
	times("unpack, no sender, 100 recipients", unpack_anon_100, rounds, 5);
	return 0;
}
