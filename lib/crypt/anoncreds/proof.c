#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "presentation.h"

#define BITS BN_BITS_MAX	/* what the key's size allows, ac_verify checks */

static const char *const members[] = { "proofs", "aggregated_proof", NULL };
static const char *const sub_members[] = {
	"primary_proof", "non_revoc_proof", NULL,
};
static const char *const primary_members[] = { "eq_proof", "ge_proofs", NULL };
static const char *const eq_members[] = {
	"revealed_attrs", "a_prime", "e", "v", "m", "m2", NULL,
};
static const char *const ge_members[] = {
	"u", "r", "mj", "alpha", "t", "predicate", NULL,
};
static const char *const pred_members[] = { "attr_name", "p_type", "value", NULL };
static const char *const rev_members[] = { "x_list", "c_list", NULL };
static const char *const sum_members[] = { "c_hash", "c_list", NULL };

/* Keys of u, r and t: u has the first four. */
static const char *const t_names[CL_GE_T + 1] = {
	"0", "1", "2", "3", "DELTA", NULL,
};
static const char *const u_names[CL_GE_U + 1] = { "0", "1", "2", "3", NULL };

/* Commitments by their names; the first four are in G1. */
static const struct { const char *name; size_t at; } commitments[] = {
	{ "e", offsetof(struct accum_c_list, e) },
	{ "d", offsetof(struct accum_c_list, d) },
	{ "a", offsetof(struct accum_c_list, a) },
	{ "g", offsetof(struct accum_c_list, g) },
	{ "w", offsetof(struct accum_c_list, w) },
	{ "s", offsetof(struct accum_c_list, s) },
	{ "u", offsetof(struct accum_c_list, u) },
};
#define N_G1 4
static const char *const c_members[] = {
	"e", "d", "a", "g", "w", "s", "u", NULL,
};

void
ac_sub_proof_init(struct ac_sub_proof *p)
{
	*p = (struct ac_sub_proof){ .eq = CL_EQ_PROOF_INIT };
}

void
ac_sub_proof_release(struct ac_sub_proof *p)
{
	cl_eq_proof_release(&p->eq);
	for (size_t i = 0; i < p->n_ge; i++)
		cl_ge_proof_release(&p->ge[i]);
	free(p->ge);
	p->ge = NULL;
	p->n_ge = 0;
}

void
ac_c_list_add(struct ac_c_list *l, const void *p, size_t n)
{
	struct ac_bytes *at = reallocarray(l->at, l->n + 1, sizeof(*at));

	if (at == NULL)
		abort();
	l->at = at;
	at[l->n] = (struct ac_bytes){ ac_zeroed(n, 1), n };
	memcpy(at[l->n].p, p, n);
	l->n++;
}

void
ac_c_list_release(struct ac_c_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->at[i].p);
	free(l->at);
	*l = (struct ac_c_list){ .at = NULL };
}

static int
read_eq(struct cl_eq_proof *p, struct json_object *o, struct err *e)
{
	return ac_members(o, eq_members, SIZE_MAX, e) == -1 ||
	    ac_num_map(o, "revealed_attrs", AC_ATTRS_MAX, BITS, &p->revealed, e) == -1 ||
	    ac_num(o, "a_prime", BITS, &p->a_prime, e) == -1 ||
	    ac_num(o, "e", BITS, &p->e, e) == -1 ||
	    ac_num(o, "v", BITS, &p->v, e) == -1 ||
	    ac_num_map(o, "m", CL_ATTRS_MAX, BITS, &p->m, e) == -1 ||
	    ac_num(o, "m2", BITS, &p->m2, e) == -1 ? -1 : 0;
}

/* read_fixed: an object that has exactly the n numbers of names. */
static int
read_fixed(struct json_object *o, const char *key, const char *const *names,
    size_t n, struct bn *out, struct err *e)
{
	struct json_object *v;

	if (ac_sub(o, key, &v, e) == -1)
		return -1;
	if (ac_members(v, names, n, e) == -1)
		return ac_under(e, "%s", key);
	for (size_t i = 0; i < n; i++)
		if (ac_num(v, names[i], BITS, &out[i], e) == -1)
			return ac_under(e, "%s", key);
	return 0;
}

static int
read_predicate(struct cl_predicate *p, struct json_object *o, struct err *e)
{
	const char *name, *word;
	int64_t value;
	int type;

	if (ac_members(o, pred_members, SIZE_MAX, e) == -1 ||
	    ac_text(o, "attr_name", CL_NAME_MAX, &name, e) == -1 ||
	    ac_text(o, "p_type", AC_NAME_MAX, &word, e) == -1 ||
	    ac_i64(o, "value", INT32_MIN, INT32_MAX, &value, e) == -1)
		return -1;
	type = cl_ge_type_of(word);
	if (type == -1)
		return ac_bad(e, "p_type", "must be GE, GT, LE or LT");
	memcpy(p->attr, name, strlen(name) + 1);
	p->type = (enum cl_ge_type)type;
	p->value = (int32_t)value;
	return 0;
}

static int
read_ge(struct cl_ge_proof *p, struct json_object *o, struct err *e)
{
	struct json_object *pred;

	if (ac_members(o, ge_members, SIZE_MAX, e) == -1 ||
	    read_fixed(o, "u", u_names, CL_GE_U, p->u, e) == -1 ||
	    read_fixed(o, "r", t_names, CL_GE_T, p->r, e) == -1 ||
	    read_fixed(o, "t", t_names, CL_GE_T, p->t, e) == -1 ||
	    ac_num(o, "mj", BITS, &p->mj, e) == -1 ||
	    ac_num(o, "alpha", BITS, &p->alpha, e) == -1 ||
	    ac_sub(o, "predicate", &pred, e) == -1)
		return -1;
	if (read_predicate(&p->predicate, pred, e) == -1)
		return ac_under(e, "predicate");
	return 0;
}

static int
read_primary(struct ac_sub_proof *p, struct json_object *o, struct err *e)
{
	struct json_object *eq, *ges;
	size_t n;

	if (ac_members(o, primary_members, SIZE_MAX, e) == -1 ||
	    ac_sub(o, "eq_proof", &eq, e) == -1 ||
	    ac_arr(o, "ge_proofs", 0, AC_PREDS_MAX, &ges, e) == -1)
		return -1;
	if (read_eq(&p->eq, eq, e) == -1)
		return ac_under(e, "eq_proof");
	n = json_object_array_length(ges);
	p->ge = ac_zeroed(n, sizeof(*p->ge));
	for (size_t i = 0; i < n; i++) {
		cl_ge_proof_init(&p->ge[p->n_ge++]);
		if (read_ge(&p->ge[i], json_object_array_get_idx(ges, i), e) == -1)
			return ac_under(e, "ge_proofs[%zu]", i);
	}
	return 0;
}

/* read_x: the thirteen scalars, and an older proof's m2. */
static int
read_x(struct ac_sub_proof *p, struct json_object *o, struct err *e)
{
	const char *known[ACCUM_X_MAX + 2] = { NULL };
	struct json_object *m2;

	for (int i = 0; i < ACCUM_X_MAX; i++)
		known[i] = accum_x_name((enum accum_x)i);
	known[ACCUM_X_MAX] = "m2";
	if (ac_members(o, known, SIZE_MAX, e) == -1)
		return -1;
	for (int i = 0; i < ACCUM_X_MAX; i++)
		if (ac_scalar(o, known[i], &p->rev.x[i], e) == -1)
			return -1;
	p->rev_has_m2 = json_object_object_get_ex(o, "m2", &m2) && m2 != NULL;
	return p->rev_has_m2 ? ac_scalar(o, "m2", &p->rev_m2, e) : 0;
}

static int
read_commitments(struct accum_c_list *c, struct json_object *o, struct err *e)
{
	if (ac_members(o, c_members, SIZE_MAX, e) == -1)
		return -1;
	for (size_t i = 0; i < ACCUM_COMMITMENTS; i++) {
		void *at = (char *)c + commitments[i].at;
		const char *name = commitments[i].name;
		int rc = i < N_G1 ? ac_g1(o, name, WIRE_FINITE, at, e) :
		    ac_g2(o, name, WIRE_FINITE, at, e);

		if (rc == -1)
			return -1;
	}
	return 0;
}

static int
read_rev(struct ac_sub_proof *p, struct json_object *o, struct err *e)
{
	struct json_object *x, *c;

	if (ac_members(o, rev_members, SIZE_MAX, e) == -1 ||
	    ac_sub(o, "x_list", &x, e) == -1 ||
	    ac_sub(o, "c_list", &c, e) == -1)
		return -1;
	if (read_x(p, x, e) == -1)
		return ac_under(e, "x_list");
	if (read_commitments(&p->rev.c, c, e) == -1)
		return ac_under(e, "c_list");
	return 0;
}

static int
read_sub(struct ac_sub_proof *p, struct json_object *o, struct err *e)
{
	struct json_object *primary, *rev;
	int got;

	if (ac_members(o, sub_members, SIZE_MAX, e) == -1 ||
	    ac_sub(o, "primary_proof", &primary, e) == -1 ||
	    (got = ac_opt_sub(o, "non_revoc_proof", &rev, e)) == -1)
		return -1;
	if (read_primary(p, primary, e) == -1)
		return ac_under(e, "primary_proof");
	p->has_rev = got == 1;
	if (p->has_rev && read_rev(p, rev, e) == -1)
		return ac_under(e, "non_revoc_proof");
	return 0;
}

/* read_bytes: one element of c_list. */
static int
read_bytes(struct ac_c_list *l, struct json_object *o, struct err *e)
{
	uint8_t p[AC_C_BYTES_MAX];
	size_t n;

	if (!json_object_is_type(o, json_type_array))
		return ac_bad(e, "", "must be an array of bytes");
	n = json_object_array_length(o);
	if (n == 0 || n > sizeof(p))
		return ac_bad(e, "", "must have 1 to 640 bytes");
	for (size_t i = 0; i < n; i++) {
		struct json_object *v = json_object_array_get_idx(o, i);
		int64_t byte = json_object_get_int64(v);

		if (!json_object_is_type(v, json_type_int) || byte < 0 ||
		    byte > 255)
			return err_set(e, ERR_STRUCTURE,
			    "[%zu]: must be a byte", i);
		p[i] = (uint8_t)byte;
	}
	ac_c_list_add(l, p, n);
	return 0;
}

static int
read_sum(struct ac_presentation *p, struct json_object *o, struct err *e)
{
	struct json_object *list;
	size_t n;

	if (ac_members(o, sum_members, SIZE_MAX, e) == -1 ||
	    ac_num(o, "c_hash", CL_CHALLENGE, &p->c_hash, e) == -1 ||
	    ac_arr(o, "c_list", 0, AC_C_LIST_MAX, &list, e) == -1)
		return -1;
	n = json_object_array_length(list);
	for (size_t i = 0; i < n; i++)
		if (read_bytes(&p->c_list, json_object_array_get_idx(list, i),
		    e) == -1)
			return ac_under(e, "c_list[%zu]", i);
	return 0;
}

/* too_many: whether the predicates of all sub-proofs are more than allowed. */
static int
too_many(const struct ac_presentation *p, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_proofs; i++)
		n += p->proofs[i].n_ge;
	return n <= AC_PREDS_MAX ? 0 : err_set(e, ERR_STRUCTURE,
	    "proofs: must have at most %d predicates", AC_PREDS_MAX);
}

int
ac_proof_decode(struct ac_presentation *p, struct json_object *o, struct err *e)
{
	struct json_object *proofs, *sum;
	size_t n;

	if (ac_members(o, members, SIZE_MAX, e) == -1 ||
	    ac_arr(o, "proofs", 0, AC_CREDS_MAX, &proofs, e) == -1 ||
	    ac_sub(o, "aggregated_proof", &sum, e) == -1)
		return -1;
	n = json_object_array_length(proofs);
	p->proofs = ac_zeroed(n, sizeof(*p->proofs));
	for (size_t i = 0; i < n; i++) {
		ac_sub_proof_init(&p->proofs[p->n_proofs++]);
		if (read_sub(&p->proofs[i],
		    json_object_array_get_idx(proofs, i), e) == -1)
			return ac_under(e, "proofs[%zu]", i);
	}
	if (read_sum(p, sum, e) == -1)
		return ac_under(e, "aggregated_proof");
	return too_many(p, e);
}

/* add_fixed: {name: number} of n numbers. */
static void
add_fixed(struct json_object *o, const char *key, const char *const *names,
    const struct bn *at, size_t n)
{
	struct json_object *v = ac_new_object();

	for (size_t i = 0; i < n; i++)
		ac_add_num(v, names[i], &at[i]);
	json_add(o, key, v);
}

static struct json_object *
encode_eq(const struct cl_eq_proof *p)
{
	struct json_object *o = ac_new_object();

	ac_add_num_map(o, "revealed_attrs", &p->revealed);
	ac_add_num(o, "a_prime", &p->a_prime);
	ac_add_num(o, "e", &p->e);
	ac_add_num(o, "v", &p->v);
	ac_add_num_map(o, "m", &p->m);
	ac_add_num(o, "m2", &p->m2);
	return o;
}

static struct json_object *
encode_ge(const struct cl_ge_proof *p)
{
	struct json_object *o = ac_new_object(), *pred = ac_new_object();

	add_fixed(o, "u", u_names, p->u, CL_GE_U);
	add_fixed(o, "r", t_names, p->r, CL_GE_T);
	ac_add_num(o, "mj", &p->mj);
	ac_add_num(o, "alpha", &p->alpha);
	add_fixed(o, "t", t_names, p->t, CL_GE_T);
	json_add_str(pred, "attr_name", p->predicate.attr);
	json_add_str(pred, "p_type", cl_ge_type_word(p->predicate.type));
	json_add_i64(pred, "value", p->predicate.value);
	json_add(o, "predicate", pred);
	return o;
}

static struct json_object *
encode_rev(const struct ac_sub_proof *p)
{
	struct json_object *o = ac_new_object(), *x = ac_new_object();
	struct json_object *c = ac_new_object();

	for (int i = 0; i < ACCUM_X_MAX; i++)
		ac_add_scalar(x, accum_x_name((enum accum_x)i), &p->rev.x[i]);
	if (p->rev_has_m2)
		ac_add_scalar(x, "m2", &p->rev_m2);
	for (size_t i = 0; i < ACCUM_COMMITMENTS; i++) {
		const void *at = (const char *)&p->rev.c + commitments[i].at;

		if (i < N_G1)
			ac_add_g1(c, commitments[i].name, at);
		else
			ac_add_g2(c, commitments[i].name, at);
	}
	json_add(o, "x_list", x);
	json_add(o, "c_list", c);
	return o;
}

static struct json_object *
encode_sub(const struct ac_sub_proof *p)
{
	struct json_object *o = ac_new_object(), *primary = ac_new_object();
	struct json_object *ges = ac_new_array();

	json_add(primary, "eq_proof", encode_eq(&p->eq));
	for (size_t i = 0; i < p->n_ge; i++)
		ac_push(ges, encode_ge(&p->ge[i]));
	json_add(primary, "ge_proofs", ges);
	json_add(o, "primary_proof", primary);
	json_add(o, "non_revoc_proof", p->has_rev ? encode_rev(p) : NULL);
	return o;
}

struct json_object *
ac_proof_encode(const struct ac_presentation *p)
{
	struct json_object *o = ac_new_object(), *proofs = ac_new_array();
	struct json_object *sum = ac_new_object(), *list = ac_new_array();

	for (size_t i = 0; i < p->n_proofs; i++)
		ac_push(proofs, encode_sub(&p->proofs[i]));
	for (size_t i = 0; i < p->c_list.n; i++) {
		struct json_object *bytes = ac_new_array();

		for (size_t k = 0; k < p->c_list.at[i].n; k++)
			ac_push_i64(bytes, p->c_list.at[i].p[k]);
		ac_push(list, bytes);
	}
	ac_add_num(sum, "c_hash", &p->c_hash);
	json_add(sum, "c_list", list);
	json_add(o, "proofs", proofs);
	json_add(o, "aggregated_proof", sum);
	return o;
}
