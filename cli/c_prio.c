/*
 * Batches of two servers, stage by stage over files.  No node is asked.
 */
#include <stdio.h>
#include <string.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/base/rand.h"
#include "command.h"
#include "commands.h"
#include "file.h"
#include "prio_file.h"
#include "prio_opts.h"

#define TABLE_MAX	(64u << 20)	/* bytes of a configuration or of origins */

#define INPUTS	{ "input-internal", "FILE", false, "of the stage before, ours (INPUT_INTERNAL)" }, \
	{ "input-external", "FILE", false, "of the stage before, the other server's (INPUT_EXTERNAL)" }
#define INPUT	{ "input", "FILE", false, "sealed shares, a record a line (INPUT)" }
#define OUTPUT	{ "output", "FOLDER", false, "where the result goes, under the same name (OUTPUT)" }
#define STATE	{ "state", "FILE", false, "what verify1 keeps, so that the stages after it need no --input (STATE)" }
#define BITS	{ "bits", "N", false, "values are integers of so many bits (BITS)" }
#define END	{ .name = NULL }

const struct opt prio_encode_opts[] = { PRIO_OPT_BATCH, BITS, INPUT,
	{ "output-a", "FOLDER", false, "of server A (OUTPUT_A)" }, { "output-b", "FOLDER", false, "of server B (OUTPUT_B)" },
	PRIO_OPT_PUBLIC, PRIO_OPT_RULES, END };
const struct opt prio_verify1_opts[] = { PRIO_OPT_BATCH, PRIO_OPT_SERVER, PRIO_OPT_KEYS, PRIO_OPT_PUBLIC, INPUT, OUTPUT,
	STATE, PRIO_OPT_POINT, PRIO_OPT_RULES, END };
const struct opt prio_verify2_opts[] = { PRIO_OPT_BATCH, PRIO_OPT_SERVER, PRIO_OPT_KEYS, PRIO_OPT_PUBLIC, INPUT, INPUTS,
	OUTPUT, STATE, PRIO_OPT_POINT, PRIO_OPT_RULES, END };
const struct opt prio_publish_opts[] = { PRIO_OPT_BATCH, BITS, PRIO_OPT_SERVER, INPUTS, OUTPUT, PRIO_OPT_RULES, END };
const struct opt prio_index_opts[] = { INPUT, OUTPUT, { "batch-id", "ID", false, "of all lines, else each has its own (BATCH_ID)" },
	{ "config", "FILE", false, "JSON list of {batch_id, n_data} (CONFIG)" },
	{ "origins", "FILE", false, "JSON list of {name, hash, index} (ORIGINS)" }, END };

/* ---- secrets -------------------------------------------------------------------- */
int
c_prio_shared_seed(struct cli *c, const struct args *a, struct err *e)
{
	uint8_t seed[PRIO1_SEED];
	char text[B64_LEN(PRIO1_SEED)];

	(void)c, (void)a, (void)e;
	rand_bytes(seed, sizeof(seed));
	b64_encode(text, seed, sizeof(seed));
	printf("{\"shared_seed\": \"%s\"}\n", text);
	explicit_bzero(seed, sizeof(seed));
	explicit_bzero(text, sizeof(text));
	return EXIT_DONE;
}

static void
hex_upper(char out[HEX_LEN(X25519_LEN)], const uint8_t p[X25519_LEN])
{
	hex_encode(out, p, X25519_LEN);
	for (char *s = out; *s != '\0'; s++)
		if (*s >= 'a')
			*s = (char)(*s - 'a' + 'A');
}

int
c_prio_keygen(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	uint8_t public[X25519_LEN];
	char private_hex[HEX_LEN(X25519_LEN)], public_hex[HEX_LEN(X25519_LEN)];

	(void)c, (void)a;
	if (x25519_make(&key, public, e) == -1)
		return -1;
	hex_upper(private_hex, key.p);
	hex_upper(public_hex, public);
	printf("{\"private_key\": \"%s\", \"public_key\": \"%s\"}\n", private_hex, public_hex);
	explicit_bzero(private_hex, sizeof(private_hex));
	return EXIT_DONE;
}

/* ---- what the stages share ---------------------------------------------------------- */
/* A server with its keys, and the files of one stage. */
struct stage {
	struct prio_rules rules;
	struct secret key, secret;
	struct prio_server *server;
	int	input, internal, external, state;
	struct prio_made out;
	struct prio_tally tally;
};
#define STAGE_INIT { .key = SECRET_INIT, .secret = SECRET_INIT, .input = -1, .internal = -1, .external = -1, .state = -1, \
	.out = PRIO_MADE_INIT, .tally = PRIO_TALLY_INIT }

static void
stage_release(struct stage *s)
{
	prio_server_close(&s->server);
	secret_release(&s->key);
	secret_release(&s->secret);
	cleanup_close(&s->input);
	cleanup_close(&s->internal);
	cleanup_close(&s->external);
	cleanup_close(&s->state);
	prio_made_release(&s->out);
}

static int
need_n_data(const struct args *a, int64_t *out, struct err *e)
{
	const char *text;

	if (prio_need(a, "n-data", &text, e) == -1)
		return -1;
	return prio_number(a, "n-data", 1, PRIO1_DATA_MAX, out, e) == 1 ? 0 : -1;
}

/* A public key that is given must be the private one's. */
static int
check_public(const struct args *a, const struct secret *key, struct err *e)
{
	uint8_t given[X25519_LEN], own[X25519_LEN];
	int rc = prio_public_key(a, "public-key-hex-internal", given, e);

	if (rc != 1)
		return rc;
	x25519_public(own, key->p);
	if (memcmp(own, given, sizeof(own)) != 0)
		return err_set(e, ERR_CONFIG, "--public-key-hex-internal is not that of the private key");
	return 0;
}

static int
stage_open(struct stage *s, const struct args *a, bool points, struct err *e)
{
	struct prio_server_opts o = { .private_key = &s->key, .secret = &s->secret };

	prio_env_hide();
	if (need_n_data(a, &o.n_data, e) == -1 || prio_need(a, "batch-id", &o.batch_id, e) == -1 ||
	    prio_side(a, &o.side, e) == -1 || prio_rules_read(&s->rules, a, points, e) == -1 ||
	    prio_private_key(a, &s->key, e) == -1 || check_public(a, &s->key, e) == -1 ||
	    prio_shared_secret(a, &s->secret, e) == -1)
		return -1;
	o.run = s->rules.run;
	o.point = s->rules.point;
	o.prg = s->rules.prg;
	o.style = s->rules.style;
	return prio_server_open(&s->server, &o, e);
}

static int
open_opt(const struct args *a, const char *name, int *fd, struct err *e)
{
	const char *path;

	if (prio_need(a, name, &path, e) == -1)
		return -1;
	return (*fd = prio_input(path, e)) == -1 ? -1 : 0;
}

/* The result, in --output under the name of the file that `like` names. */
static int
make_output(struct stage *s, const struct args *a, const char *like, struct err *e)
{
	const char *dir, *path;

	if (prio_need(a, "output", &dir, e) == -1 || prio_need(a, like, &path, e) == -1)
		return -1;
	return prio_make(&s->out, dir, path, e);
}

static void
report(const struct cli *c, const struct prio_tally *t)
{
	if (!c->quiet)
		fprintf(stderr, "%lld errors out of %lld total\n", (long long)prio_tally_errors(t), (long long)t->total);
	for (size_t i = 0; i < PRIO_OUTCOME_MAX && !c->quiet; i++)
		if (i != PRIO_ACCEPTED && t->outcome[i] > 0)
			fprintf(stderr, "%s %lld\n", prio_outcome_name[i], (long long)t->outcome[i]);
	if (!c->json)
		return;
	printf("{\"total\":%lld,\"errors\":%lld", (long long)t->total, (long long)prio_tally_errors(t));
	for (size_t i = 0; i < PRIO_OUTCOME_MAX; i++)
		printf(",\"%s\":%lld", prio_outcome_name[i], (long long)t->outcome[i]);
	puts("}");
}

/* ---- stages ------------------------------------------------------------------------- */
static int
encode_shares(const struct args *a, int64_t *count, struct err *e)
{
	CLEANUP(prio_made_release) struct prio_made out_a = PRIO_MADE_INIT, out_b = PRIO_MADE_INIT;
	CLEANUP(cleanup_close) int in = -1;
	struct prio_encode_opts o = { .bits = 1 };
	struct prio_rules rules;
	const char *input, *dir_a, *dir_b, *key;
	int64_t bits = 1;
	int files[2];

	if (need_n_data(a, &o.n_data, e) == -1 || prio_need(a, "batch-id", &o.batch_id, e) == -1 ||
	    prio_number(a, "bits", 1, PRIO1_BITS_MAX, &bits, e) == -1 || prio_rules_read(&rules, a, false, e) == -1 ||
	    prio_need(a, "input", &input, e) == -1 || prio_need(a, "output-a", &dir_a, e) == -1 ||
	    prio_need(a, "output-b", &dir_b, e) == -1 ||
	    prio_need(a, "public-key-hex-internal", &key, e) == -1 || prio_need(a, "public-key-hex-external", &key, e) == -1 ||
	    prio_public_key(a, "public-key-hex-internal", o.public[PRIO1_A], e) == -1 ||
	    prio_public_key(a, "public-key-hex-external", o.public[PRIO1_B], e) == -1 ||
	    (in = prio_input(input, e)) == -1 || prio_make(&out_a, dir_a, input, e) == -1 ||
	    prio_make(&out_b, dir_b, input, e) == -1)
		return -1;
	o.bits = (unsigned)bits;
	o.prg = rules.prg;
	o.style = rules.style;
	files[PRIO1_A] = out_a.fd;
	files[PRIO1_B] = out_b.fd;
	if (prio_encode_shares(&o, in, files, count, e) == -1 || prio_made_keep(&out_a, e) == -1)
		return -1;
	return prio_made_keep(&out_b, e);
}

int
c_prio_encode_shares(struct cli *c, const struct args *a, struct err *e)
{
	int64_t count = 0;
	int rc = prio_exit(encode_shares(a, &count, e) == -1 ? -1 : EXIT_DONE, e);

	if (rc == EXIT_DONE && !c->quiet)
		fprintf(stderr, "%lld answers encoded\n", (long long)count);
	return rc;
}

static int
verify1(struct stage *s, const struct args *a, struct err *e)
{
	CLEANUP(prio_made_release) struct prio_made state = PRIO_MADE_INIT;
	const char *path = prio_opt(a, "state");

	if (stage_open(s, a, true, e) == -1 || open_opt(a, "input", &s->input, e) == -1 ||
	    make_output(s, a, "input", e) == -1 || (path != NULL && prio_make_at(&state, path, e) == -1) ||
	    prio_verify1(s->server, s->input, s->out.fd, state.fd, &s->tally, e) == -1 ||
	    (path != NULL && prio_made_keep(&state, e) == -1))
		return -1;
	return prio_made_keep(&s->out, e);
}

/* verify2 and aggregate: the packets of the stage before, and the records or what was kept of them. */
static int
open_joined(struct stage *s, const struct args *a, bool points, struct prio_stage_in *in, struct err *e)
{
	if (stage_open(s, a, points, e) == -1 ||
	    open_opt(a, prio_opt(a, "state") != NULL ? "state" : "input", prio_opt(a, "state") != NULL ? &s->state : &s->input,
	    e) == -1 || open_opt(a, "input-internal", &s->internal, e) == -1 ||
	    open_opt(a, "input-external", &s->external, e) == -1 || make_output(s, a, "input-internal", e) == -1)
		return -1;
	*in = (struct prio_stage_in){ .raw = s->input, .state = s->state, .internal = s->internal, .external = s->external };
	return 0;
}

static int
verify2(struct stage *s, const struct args *a, struct err *e)
{
	struct prio_stage_in in;

	if (open_joined(s, a, true, &in, e) == -1 || prio_verify2(s->server, &in, s->out.fd, &s->tally, e) == -1)
		return -1;
	return prio_made_keep(&s->out, e);
}

static int
aggregate(struct stage *s, const struct args *a, struct err *e)
{
	struct prio_stage_in in;

	if (open_joined(s, a, true, &in, e) == -1 || prio_aggregate(s->server, &in, NULL, s->out.fd, &s->tally, e) == -1)
		return -1;
	return prio_made_keep(&s->out, e);
}

static int
run_stage(struct cli *c, const struct args *a, int (*stage)(struct stage *, const struct args *, struct err *),
    struct err *e)
{
	CLEANUP(stage_release) struct stage s = STAGE_INIT;
	int rc = prio_exit(stage(&s, a, e) == -1 ? -1 : EXIT_DONE, e);

	if (rc == EXIT_DONE)
		report(c, &s.tally);
	return rc;
}

int
c_prio_verify1(struct cli *c, const struct args *a, struct err *e)
{
	return run_stage(c, a, verify1, e);
}

int
c_prio_verify2(struct cli *c, const struct args *a, struct err *e)
{
	return run_stage(c, a, verify2, e);
}

int
c_prio_aggregate(struct cli *c, const struct args *a, struct err *e)
{
	return run_stage(c, a, aggregate, e);
}

static int
publish(struct stage *s, const struct args *a, struct err *e)
{
	struct prio_publish_opts o = { .bits = 1 };
	int64_t bits = 1;

	prio_env_hide();
	if (need_n_data(a, &o.n_data, e) == -1 || prio_number(a, "bits", 1, PRIO1_BITS_MAX, &bits, e) == -1 ||
	    prio_side(a, &o.side, e) == -1 || prio_rules_read(&s->rules, a, false, e) == -1 ||
	    open_opt(a, "input-internal", &s->internal, e) == -1 || open_opt(a, "input-external", &s->external, e) == -1 ||
	    make_output(s, a, "input-internal", e) == -1)
		return -1;
	o.bits = (unsigned)bits;
	o.counts = !s->rules.compat;
	o.style = s->rules.style;
	if (prio_publish(&o, &s->internal, &s->external, 1, s->out.fd, e) == -1)
		return -1;
	return prio_made_keep(&s->out, e);
}

int
c_prio_publish(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(stage_release) struct stage s = STAGE_INIT;

	(void)c;
	return prio_exit(publish(&s, a, e) == -1 ? -1 : EXIT_DONE, e);
}

static int
read_table(const struct args *a, const char *name, struct json_object **out, struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(TABLE_MAX);
	const char *path;

	if (prio_need(a, name, &path, e) == -1 || file_read(&text, path, text.max, e) == -1)
		return -1;
	if (json_parse(out, text.data != NULL ? text.data : "", text.len, NULL) == -1)
		return err_set(e, ERR_CONFIG, "--%s: %s does not hold JSON", name, path);
	return 0;
}

static int
index_results(struct stage *s, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *config = NULL, *origins = NULL;

	if (read_table(a, "config", &config, e) == -1 || read_table(a, "origins", &origins, e) == -1 ||
	    open_opt(a, "input", &s->input, e) == -1 || make_output(s, a, "input", e) == -1 ||
	    prio_index(s->input, prio_opt(a, "batch-id"), config, origins, s->out.fd, e) == -1)
		return -1;
	return prio_made_keep(&s->out, e);
}

int
c_prio_index(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(stage_release) struct stage s = STAGE_INIT;

	(void)c;
	return prio_exit(index_results(&s, a, e) == -1 ? -1 : EXIT_DONE, e);
}
