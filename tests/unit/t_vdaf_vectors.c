/*
 * Prio3 against the published vectors of both drafts: every file of the folders
 * vdaf/08 and vdaf/20, every stage, and what must fail where it must fail.
 */
#include <dirent.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/vdaf/pingpong.h"
#include "../../lib/crypt/vdaf/xof.h"
#include "../vectors.h"

#define SHARES_MAX	8

/* A file's instance, and what a report of it has on the way. */
struct file {
	const char *name;
	struct json_object *top;
	struct prio3 *p;
	uint8_t	verify_key[PRIO3_SEED_MAX];
	uint8_t	*agg[SHARES_MAX];
	void	*room;
};
struct report {
	struct json_object *o;
	uint8_t	nonce[PRIO3_NONCE];
	uint8_t	*public_share, *input[SHARES_MAX], *prep_share[SHARES_MAX], *state[SHARES_MAX], *msg;
};

/* The words of the drafts: 08, 20. */
static const struct words {
	const char *reports, *prep_shares, *messages, *bits, *max_weight;
} words[] = {
	[PRIO3_08] = { "prep", "prep_shares", "prep_messages", "bits", "max_count" },
	[PRIO3_18] = { "reports", "verifier_shares", "verifier_messages", "max_measurement", "max_weight" },
};

static uint64_t
number(struct json_object *o, const char *key)
{
	struct json_object *v;

	return json_object_object_get_ex(o, key, &v) ? json_object_get_uint64(v) : 0;
}

/* type_of: by the name of the file up to its last mark; test types, too. */
static enum prio3_type
type_of(const char *name)
{
	static const struct { const char *name; enum prio3_type type; } rows[] = {
		{ "Prio3Count_", PRIO3_COUNT }, { "Prio3Sum_", PRIO3_SUM }, { "Prio3SumVec_", PRIO3_SUM_VEC },
		{ "Prio3Histogram_", PRIO3_HISTOGRAM }, { "Prio3MultihotCountVec_", PRIO3_MULTIHOT },
		{ "Prio3MultiHotHistogram_", PRIO3_MULTIHOT }, { "Prio3SumVecWithMultiproof_", PRIO3_SUM_VEC_64 },
		{ "Prio3HigherDegree_", PRIO3_CUBIC },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strncmp(name, rows[i].name, strlen(rows[i].name)) == 0)
			return rows[i].type;
	return PRIO3_TYPE_MAX;
}

static struct prio3 *
instance(const char *name, enum prio3_profile profile, struct json_object *top)
{
	struct prio3_param q = { .profile = profile, .type = type_of(name), .length = (uint32_t)number(top, "length"),
		.chunk_length = (uint32_t)number(top, "chunk_length"), .shares = (unsigned)number(top, "shares"),
		.max_weight = (uint32_t)number(top, words[profile].max_weight) };
	struct err e = ERR_INIT;
	uint8_t ctx[PRIO3_CTX_MAX];
	struct prio3 *p;

	q.bits = profile == PRIO3_08 ? (unsigned)number(top, "bits") : 0;
	q.max = profile == PRIO3_18 ? number(top, "max_measurement") : 0;
	if (profile == PRIO3_18) {
		q.ctx = ctx;
		q.ctx_len = unhex(ctx, vec_text(top, "ctx"));
	}
	q.proofs = 1;
	if ((p = prio3_new(&q, &e)) == NULL)
		printf("# %s: %s\n", name, e.msg);
	return p;
}

/* with_proofs: the files do not say how many there are; the leader's share does. */
static struct prio3 *
with_proofs(struct prio3 *one, size_t leader_share_bytes)
{
	struct prio3_param q = one->param;
	struct prio3 *p;

	q.proofs = 2;
	p = prio3_new(&q, NULL);
	q.proofs = (unsigned)(1 + (leader_share_bytes - one->leader_share_bytes) / (p->leader_share_bytes - one->leader_share_bytes));
	prio3_free(p);
	p = prio3_new(&q, NULL);
	prio3_free(one);
	return p;
}

static void *
room(size_t n)
{
	return calloc(1, n + 1);
}

static uint8_t *
bytes(struct json_object *text, size_t n)
{
	const char *hex = json_object_get_string(text);
	uint8_t *p = room(strlen(hex) / 2 > n ? strlen(hex) / 2 : n);

	unhex(p, hex);
	return p;
}

/* same(o, got, n): whether a string of the file spells these bytes. */
static bool
same(struct json_object *o, const uint8_t *got, size_t n)
{
	const char *hex = json_object_get_string(o);
	uint8_t *want = bytes(o, n);
	const bool good = strlen(hex) == 2 * n && memcmp(want, got, n) == 0;

	free(want);
	return good;
}

/* same_elements: 08 lists output shares element by element, 20 in one string. */
static bool
same_elements(struct json_object *o, const uint8_t *got, size_t n)
{
	size_t count, step;

	if (!json_object_is_type(o, json_type_array))
		return same(o, got, n);
	count = json_object_array_length(o);
	step = n / count;
	for (size_t i = 0; i < count; i++)
		if (!same(json_object_array_get_idx(o, i), got + i * step, step))
			return false;
	return true;
}

static struct json_object *
item(struct json_object *o, const char *key, size_t i)
{
	return json_object_array_get_idx(vec_at(o, key), i);
}

static void
report_open(const struct file *f, struct report *r, struct json_object *o)
{
	*r = (struct report){ .o = o };
	unhex(r->nonce, vec_text(o, "nonce"));
	r->public_share = bytes(vec_at(o, "public_share"), f->p->public_share_bytes);
	r->msg = room(f->p->prep_msg_bytes);
	for (size_t i = 0; i < f->p->param.shares && i < SHARES_MAX; i++) {
		struct json_object *share = item(o, "input_shares", i);

		r->input[i] = share != NULL ? bytes(share, f->p->leader_share_bytes) : room(f->p->leader_share_bytes);
		r->prep_share[i] = room(f->p->prep_share_bytes);
		r->state[i] = room(f->p->state_bytes);
	}
}

static void
report_close(const struct file *f, struct report *r)
{
	for (size_t i = 0; i < f->p->param.shares; i++) {
		free(r->input[i]);
		free(r->prep_share[i]);
		free(r->state[i]);
	}
	free(r->public_share);
	free(r->msg);
}

static size_t
share_bytes(const struct file *f, size_t i)
{
	return i == 0 ? f->p->leader_share_bytes : f->p->helper_share_bytes;
}

static bool
do_shard(const struct file *f, struct report *r)
{
	struct json_object *m = vec_at(r->o, "measurement");
	const bool many = json_object_is_type(m, json_type_array);
	uint8_t *rand = bytes(vec_at(r->o, "rand"), f->p->rand_bytes);
	uint64_t numbers[64] = { 0 };
	bool good;

	for (size_t i = 0; i < f->p->measurement_n; i++)
		numbers[i] = json_object_get_uint64(many ? json_object_array_get_idx(m, i) : m);
	for (size_t i = 0; i < f->p->param.shares; i++)
		memset(r->input[i], 0xee, share_bytes(f, i));
	memset(r->public_share, 0xee, f->p->public_share_bytes);
	good = strlen(vec_text(r->o, "rand")) == 2 * f->p->rand_bytes &&
	    prio3_shard(f->p, numbers, f->p->measurement_n, r->nonce, rand, r->public_share, r->input, f->room, NULL) == 0 &&
	    same(vec_at(r->o, "public_share"), r->public_share, f->p->public_share_bytes);
	for (size_t i = 0; i < f->p->param.shares; i++)
		good = good && same(item(r->o, "input_shares", i), r->input[i], share_bytes(f, i));
	free(rand);
	return good;
}

static bool
do_init(const struct file *f, struct report *r, size_t id)
{
	const char *key = words[f->p->param.profile].prep_shares;
	struct prio3_report in = { .nonce = r->nonce, .public_share = r->public_share, .input_share = r->input[id],
		.public_share_len = strlen(vec_text(r->o, "public_share")) / 2,
		.input_share_len = strlen(json_object_get_string(item(r->o, "input_shares", id))) / 2,
		.state = r->state[id], .prep_share = r->prep_share[id] };

	prio3_prep_init(f->p, (unsigned)id, f->verify_key, &in, 1, f->room);
	return in.why == PRIO3_GOOD &&
	    same(json_object_array_get_idx(item(r->o, key, 0), id), r->prep_share[id], f->p->prep_share_bytes);
}

/* do_message: 1 as the file says, 0 refused, -1 another message. */
static int
do_message(const struct file *f, struct report *r)
{
	size_t len[SHARES_MAX];
	const uint8_t *share[SHARES_MAX];

	for (size_t i = 0; i < f->p->param.shares; i++) {
		len[i] = f->p->prep_share_bytes;
		share[i] = r->prep_share[i];
	}
	if (prio3_prep_shares_to_msg(f->p, share, len, r->msg) != PRIO3_GOOD)
		return 0;
	return same(item(r->o, words[f->p->param.profile].messages, 0), r->msg, f->p->prep_msg_bytes) ? 1 : -1;
}

static int
do_next(const struct file *f, struct report *r, size_t id)
{
	struct json_object *said = item(r->o, words[f->p->param.profile].messages, 0);
	uint8_t *msg = bytes(said, f->p->prep_msg_bytes);
	const enum prio3_why why = prio3_prep_next(f->p, r->state[id], msg, strlen(json_object_get_string(said)) / 2);

	free(msg);
	if (why != PRIO3_GOOD)
		return 0;
	return same_elements(item(r->o, "out_shares", id), r->state[id], f->p->out_share_bytes) ? 1 : -1;
}

static bool
do_aggregate(const struct file *f, const struct report *r, size_t n, size_t id)
{
	memset(f->agg[id], 0, f->p->out_share_bytes);
	for (size_t i = 0; i < n; i++)
		prio3_agg_add(f->p, f->agg[id], r[i].state[id]);
	return prio3_agg_valid(f->p, f->agg[id], f->p->out_share_bytes) &&
	    same(item(f->top, "agg_shares", id), f->agg[id], f->p->out_share_bytes);
}

static bool
do_unshard(const struct file *f, size_t n)
{
	struct json_object *want = vec_at(f->top, "agg_result");
	const bool many = json_object_is_type(want, json_type_array);
	struct prio3_sum got[64];
	char text[PRIO3_SUM_TEXT];
	bool good;

	prio3_unshard(f->p, (const uint8_t *const *)f->agg, f->p->param.shares, got);
	good = prio3_plausible(f->p, got, n);
	for (size_t i = 0; i < f->p->result_n; i++) {
		prio3_sum_text(text, &got[i]);
		good = good && strcmp(text, json_object_get_string(many ? json_object_array_get_idx(want, i) : want)) == 0;
	}
	return good;
}

/* operation: one of a file of draft 20; whether it ended as the file says. */
static bool
operation(const struct file *f, struct report *r, size_t n, struct json_object *op)
{
	const char *what = vec_text(op, "operation");
	const bool want = json_object_get_boolean(vec_at(op, "success"));
	struct report *of = &r[number(op, "report_index")];
	const size_t id = number(op, "aggregator_id");
	int got = -1;

	if (strcmp(what, "shard") == 0)
		got = do_shard(f, of);
	else if (strcmp(what, "verify_init") == 0)
		got = do_init(f, of, id);
	else if (strcmp(what, "verifier_shares_to_message") == 0)
		got = do_message(f, of);
	else if (strcmp(what, "verify_next") == 0)
		got = do_next(f, of, id);
	else if (strcmp(what, "aggregate") == 0)
		got = do_aggregate(f, r, n, id);
	else if (strcmp(what, "unshard") == 0)
		got = do_unshard(f, n);
	return got == (want ? 1 : 0);
}

static void
run_operations(const struct file *f, struct report *r, size_t n)
{
	struct json_object *ops = vec_at(f->top, "operations");

	for (size_t i = 0; i < json_object_array_length(ops); i++) {
		struct json_object *op = json_object_array_get_idx(ops, i);

		if (!operation(f, r, n, op))
			ok(false, "%s: %s", f->name, json_object_to_json_string(op));
	}
	ok(json_object_array_length(ops) > 0, "%s: %zu operations", f->name, json_object_array_length(ops));
}

/* Draft 08 lists no operations: all of them, all good. */
static void
run_all(const struct file *f, struct report *r, size_t n)
{
	bool good[6] = { true, true, true, true, true, true };

	for (size_t i = 0; i < n; i++) {
		good[0] &= do_shard(f, &r[i]);
		for (size_t id = 0; id < f->p->param.shares; id++)
			good[1] &= do_init(f, &r[i], id);
		good[2] &= do_message(f, &r[i]) == 1;
		for (size_t id = 0; id < f->p->param.shares; id++)
			good[3] &= do_next(f, &r[i], id) == 1;
	}
	for (size_t id = 0; id < f->p->param.shares; id++)
		good[4] &= do_aggregate(f, r, n, id);
	good[5] = do_unshard(f, n);
	ok(good[0] && good[1] && good[2] && good[3] && good[4] && good[5],
	    "%s: shards %d, prepares %d, messages %d, output shares %d, aggregates %d, result %d", f->name, good[0], good[1],
	    good[2], good[3], good[4], good[5]);
}

static void
run_file(const char *path, const char *name, enum prio3_profile profile)
{
	struct file f = { .name = path, .top = vec_json(path) };
	struct json_object *list = vec_at(f.top, words[profile].reports);
	const size_t n = json_object_array_length(list);
	struct report *r = calloc(n, sizeof(*r));

	if ((f.p = instance(name, profile, f.top)) == NULL || f.p->param.shares > SHARES_MAX) {
		ok(false, "%s: an instance", path);
		return;
	}
	f.p = with_proofs(f.p, strlen(json_object_get_string(item(json_object_array_get_idx(list, 0), "input_shares", 0))) / 2);
	unhex(f.verify_key, vec_text(f.top, "verify_key"));
	f.room = room(f.p->prep_room_bytes + f.p->shard_room_bytes);
	for (size_t i = 0; i < f.p->param.shares; i++)
		f.agg[i] = room(f.p->out_share_bytes);
	for (size_t i = 0; i < n; i++)
		report_open(&f, &r[i], json_object_array_get_idx(list, i));
	if (profile == PRIO3_08)
		run_all(&f, r, n);
	else
		run_operations(&f, r, n);
	for (size_t i = 0; i < n; i++)
		report_close(&f, &r[i]);
	for (size_t i = 0; i < f.p->param.shares; i++)
		free(f.agg[i]);
	free(f.room);
	free(r);
	prio3_free(f.p);
	json_object_put(f.top);
}

static void
run_folder(const char *folder, enum prio3_profile profile)
{
	char path[PATH_MAX];
	struct dirent **names;
	int n, ran = 0;

	snprintf(path, sizeof(path), "%s/%s", getenv("DR_VECTORS"), folder);
	if ((n = scandir(path, &names, NULL, alphasort)) < 0)
		vec_die(path);
	for (int i = 0; i < n; i++) {
		if (strncmp(names[i]->d_name, "Prio3", 5) == 0) {
			snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
			run_file(path, names[i]->d_name, profile);
			ran++;
		}
		free(names[i]);
	}
	free(names);
	ok(ran > 0, "%d files in %s", ran, folder);
}

static void
run_xof(const char *path, enum prio3_profile profile)
{
	struct json_object *top = vec_json(path);
	const size_t n = number(top, "length");
	uint8_t dst[64], seed[PRIO3_SEED_MAX], binder[64], got[PRIO3_SEED_MAX], *vec = room(n * 16);
	const size_t dst_len = unhex(dst, vec_text(top, "dst")), seed_len = unhex(seed, vec_text(top, "seed"));
	const size_t binder_len = unhex(binder, vec_text(top, "binder"));
	struct xof x;

	xof_begin(&x, profile, dst, dst_len, &(const uint8_t *){ seed }, seed_len, 1);
	xof_bind_all(&x, binder, binder_len);
	xof_seed(&x, &(uint8_t *){ got }, seed_len);
	ok(same(vec_at(top, "derived_seed"), got, seed_len), "%s: seed", path);
	xof_begin(&x, profile, dst, dst_len, &(const uint8_t *){ seed }, seed_len, 1);
	xof_bind_all(&x, binder, binder_len);
	xof_elements(&x, &flp_field128, &vec, n);
	ok(same(vec_at(top, "expanded_vec_field128"), vec, n * 16), "%s: %zu elements", path, n);
	free(vec);
	json_object_put(top);
}

int
main(void)
{
	if (vec_missing())
		return done_testing();
	run_xof("vdaf/08/XofTurboShake128.json", PRIO3_08);
	run_xof("vdaf/20/XofTurboShake128.json", PRIO3_18);
	run_folder("vdaf/08", PRIO3_08);
	run_folder("vdaf/20/vdaf", PRIO3_18);
	return done_testing();
}
