/*
 * prio1 against the published batch of five bits: every stage of both servers, byte
 * for byte.  The files are of libprio before 1.7: the seed is the key.
 */
#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/crypt/prio1/point.h"
#include "../../lib/crypt/prio1/sealed.h"
#include "../../lib/crypt/prio1/total.h"
#include "../../lib/crypt/prio1/verify.h"
#include "../vectors.h"

#define BATCH	"test"
#define N_DATA	5
#define RECORDS	5
#define POINTS	8

/* One file: payloads, decoded, of its lines. */
struct file {
	struct { uint8_t p[1024]; size_t n; } line[RECORDS];
	size_t	n;
};

static void
file_read(struct file *f, const char *server, const char *stage)
{
	char name[128], text[4096];
	FILE *in;

	snprintf(name, sizeof(name), "prio1/%s/%s/data.ndjson", server, stage);
	in = fdopen(vec_open(name), "r");
	for (f->n = 0; f->n < RECORDS && fgets(text, sizeof(text), in) != NULL; f->n++) {
		struct json_object *o = json_tokener_parse(text);
		const char *payload = vec_text(o, "payload");
		ssize_t n = b64_decode(f->line[f->n].p, sizeof(f->line[f->n].p), payload, strlen(payload));

		if (n == -1)
			vec_die(name);
		f->line[f->n].n = (size_t)n;
		json_object_put(o);
	}
	fclose(in);
}

struct server {
	enum prio1_side side;
	const char *name;
	uint8_t	key[X25519_LEN];
	struct f87 data[N_DATA], h[POINTS];
	struct prio1_row row[RECORDS];
	struct f87 share[RECORDS][N_DATA], verdict[RECORDS];
};

static void
open_record(struct server *s, const struct prio1_params *par, const struct file *raw, size_t i,
    struct prio1_packet *pk)
{
	CLEANUP(prio1_seal_release) struct prio1_seal seal = PRIO1_SEAL_INIT;
	struct prio1_prg prg = PRIO1_PRG_INIT;
	uint8_t plain[1024];
	size_t n = raw->line[i].n - PRIO1_SEALED_MORE;

	is_int(prio1_seal_open(&seal, plain, s->key, raw->line[i].p, raw->line[i].n, NULL), 0, "%s: share %zu opens",
	    s->name, i);
	is_int(prio1_packet_read(pk, plain, n, par, s->side, BATCH, strlen(BATCH)), PRIO1_OK, "and is a packet");
	if (s->side == PRIO1_B) {
		prio1_prg_start(&prg, PRIO1_RAW_SEED, pk->seed, BATCH, strlen(BATCH), NULL);
		prio1_prg_draw(&prg, pk->data, N_DATA);
		prio1_prg_draw(&prg, pk->h, POINTS);
		prio1_prg_release(&prg);
	}
	memcpy(s->share[i], pk->data, sizeof(s->share[i]));
}

static void
test_verify1(struct server *s, const struct prio1_params *par, const struct secret *secret)
{
	CLEANUP(prio1_points_release) struct prio1_points points = PRIO1_POINTS_INIT;
	CLEANUP(prio1_weights_release) struct prio1_weights w = PRIO1_WEIGHTS_INIT;
	static struct file raw, want;

	file_read(&raw, s->name, "raw");
	file_read(&want, s->name, "intermediate/internal/verify1");
	prio1_weights_make(&w, par);
	prio1_points_make(&points, PRIO1_POINT_POSITION_LEGACY, PRIO1_RAW_SEED, secret, BATCH, strlen(BATCH), par, NULL);
	for (size_t i = 0; i < RECORDS; i++) {
		struct prio1_packet pk = { .data = s->data, .h = s->h };
		struct prio1_values at, again;
		uint8_t got[PRIO1_VERIFY1_MAX];
		struct f87 r;

		open_record(s, par, &raw, i, &pk);
		prio1_points_next(&points, "", 0, &r, NULL);
		prio1_eval_once(&at, &w, par, r, &pk);
		prio1_weights_set(&w, par, r);
		prio1_weights_apply(&again, &w, &pk);
		is_mem(&at, &again, sizeof(at), "values of one record and by weights agree");
		prio1_verify1(&s->row[i], &pk, &at);
		is_int(prio1_verify1_write(got, &s->row[i].own), want.line[i].n, "verify1 of %s, record %zu: length", s->name, i);
		is_mem(got, want.line[i].p, want.line[i].n, "and bytes");
	}
}

static void
test_verify2(struct server *s)
{
	static struct file peer, want;

	file_read(&peer, s->name, "intermediate/external/verify1");
	file_read(&want, s->name, "intermediate/internal/verify2");
	for (size_t i = 0; i < RECORDS; i++) {
		struct prio1_verify1 other;
		uint8_t got[PRIO1_VERIFY2_MAX];

		is_int(prio1_verify1_read(&other, peer.line[i].p, peer.line[i].n), PRIO1_OK, "the peer's packet");
		s->verdict[i] = prio1_verify2(&s->row[i], &s->row[i].own, &other);
		is_int(prio1_verify2_write(got, s->verdict[i]), want.line[i].n, "verify2 of %s, record %zu: length", s->name, i);
		is_mem(got, want.line[i].p, want.line[i].n, "and bytes");
	}
}

static void
test_aggregate(struct server *s, struct prio1_total *t)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT;
	static struct file peer, want;

	file_read(&peer, s->name, "intermediate/external/verify2");
	file_read(&want, s->name, "intermediate/internal/aggregate");
	prio1_total_make(t, N_DATA, s->side);
	for (size_t i = 0; i < RECORDS; i++) {
		struct f87 other;

		prio1_verify2_read(&other, peer.line[i].p, peer.line[i].n);
		ok(prio1_accepted(s->verdict[i], other), "%s: record %zu is accepted", s->name, i);
		prio1_total_add(t, s->share[i]);
	}
	prio1_total_write(&out, t);
	is_int((int64_t)out.len, (int64_t)want.line[0].n, "aggregate of %s: length", s->name);
	is_mem(out.data, want.line[0].p, out.len, "and bytes");
}

static void
key_of(uint8_t out[X25519_LEN], const char *name)
{
	struct json_object *o = vec_json(name);

	unhex(out, vec_text(o, "private_key"));
	json_object_put(o);
}

int
main(void)
{
	static struct server a = { .side = PRIO1_A, .name = "server_a" }, b = { .side = PRIO1_B, .name = "server_b" };
	static const int64_t want[N_DATA] = { 5, 4, 3, 2, 1 };
	CLEANUP(prio1_params_release) struct prio1_params par = PRIO1_PARAMS_INIT;
	CLEANUP(prio1_total_release) struct prio1_total ta = PRIO1_TOTAL_INIT, tb = PRIO1_TOTAL_INIT;
	struct secret secret = SECRET_INIT;
	struct json_object *seed;
	int64_t got[N_DATA];

	if (vec_missing())
		return done_testing();
	seed = vec_json("prio1/shared_seed.json");
	prio1_params_make(&par, N_DATA, NULL);
	secret_alloc(&secret, PRIO1_SEED, NULL);
	b64_decode(secret.p, secret.len, vec_text(seed, "shared_seed"), strlen(vec_text(seed, "shared_seed")));
	key_of(a.key, "prio1/server_a_keys.json");
	key_of(b.key, "prio1/server_b_keys.json");
	test_verify1(&a, &par, &secret);
	test_verify1(&b, &par, &secret);
	test_verify2(&a);
	test_verify2(&b);
	test_aggregate(&a, &ta);
	test_aggregate(&b, &tb);
	is_int(prio1_publish(got, &ta, &tb, 1, RECORDS, 0, NULL), 0, "the total is plausible");
	is_mem(got, want, sizeof(want), "and right");
	json_object_put(seed);
	secret_release(&secret);
	return done_testing();
}
