#ifndef TEST_CL_H
#define TEST_CL_H
/* What the tests of lib/crypt/cl share: vectors into structs. */
#include "../../lib/crypt/cl/ge.h"
#include "../vectors.h"

#define REFGEN "anoncreds/refgen-default-L5/"

VEC_FN void
vec_bn(struct bn *out, struct json_object *o, const char *path)
{
	const char *s = vec_text(o, path);
	struct err e = ERR_INIT;

	if (bn_from_dec(out, s, strlen(s), BN_BITS_MAX, &e) == -1)
		vec_die(path);
}

VEC_FN void
vec_map(struct cl_map *out, struct json_object *o)
{
	struct err e = ERR_INIT;

	json_object_object_foreach(o, name, v) {
		struct bn num = BN_INIT;
		const char *s = json_object_get_string(v);

		if (bn_from_dec(&num, s, strlen(s), BN_BITS_MAX, &e) == -1 ||
		    cl_map_add(out, name, &num, &e) == -1)
			vec_die(name);
		bn_release(&num);
	}
}

/* o: {n, s, r, rctxt, z}; rms beside r is the oldest form. */
VEC_FN void
vec_pub(struct cl_pub *pk, struct json_object *o)
{
	struct json_object *rms;
	struct bn num = BN_INIT;
	struct err e = ERR_INIT;

	vec_bn(&pk->n, o, "n");
	vec_bn(&pk->s, o, "s");
	vec_bn(&pk->z, o, "z");
	vec_bn(&pk->rctxt, o, "rctxt");
	vec_map(&pk->r, vec_at(o, "r"));
	if (json_object_object_get_ex(o, "rms", &rms)) {
		vec_bn(&num, o, "rms");
		cl_map_add(&pk->r, CL_LINK, &num, &e);
	}
	bn_release(&num);
}

VEC_FN void
vec_key_proof(struct cl_key_proof *p, struct json_object *o)
{
	struct json_object *list = vec_at(o, "xr_cap");
	struct err e = ERR_INIT;

	vec_bn(&p->c, o, "c");
	vec_bn(&p->xz_cap, o, "xz_cap");
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *pair = json_object_array_get_idx(list, i);
		struct bn num = BN_INIT;

		vec_bn(&num, pair, "1");
		cl_map_add(&p->xr_cap, vec_text(pair, "0"), &num, &e);
		bn_release(&num);
	}
}

VEC_FN void
vec_eq(struct cl_eq_proof *p, struct json_object *o)
{
	vec_bn(&p->a_prime, o, "a_prime");
	vec_bn(&p->e, o, "e");
	vec_bn(&p->v, o, "v");
	vec_bn(&p->m2, o, "m2");
	vec_map(&p->m, vec_at(o, "m"));
	vec_map(&p->revealed, vec_at(o, "revealed_attrs"));
}

VEC_FN void
vec_ge(struct cl_ge_proof *p, struct json_object *o)
{
	char path[16];

	for (int i = 0; i < CL_GE_T; i++) {
		const char *end = i == CL_GE_T - 1 ? "DELTA" : NULL;

		if (end != NULL)
			snprintf(path, sizeof(path), "r.%s", end);
		else
			snprintf(path, sizeof(path), "r.%d", i);
		vec_bn(&p->r[i], o, path);
		path[0] = 't';
		vec_bn(&p->t[i], o, path);
		path[0] = 'u';
		if (end == NULL)
			vec_bn(&p->u[i], o, path);
	}
	vec_bn(&p->mj, o, "mj");
	vec_bn(&p->alpha, o, "alpha");
	snprintf(p->predicate.attr, sizeof(p->predicate.attr), "%s",
	    vec_text(o, "predicate.attr_name"));
	p->predicate.type =
	    (enum cl_ge_type)cl_ge_type_of(vec_text(o, "predicate.p_type"));
	p->predicate.value = json_object_get_int(vec_at(o, "predicate.value"));
}

/* is_bn(got, want, what): the two are one number. */
VEC_FN bool
is_bn(const struct bn *got, const struct bn *want, const char *what)
{
	return ok(bn_eq(got, want), "%s", what);
}

/* is_verdict(got, want, what): by its word. */
VEC_FN bool
is_verdict(enum cl_verdict got, enum cl_verdict want, const char *what)
{
	return is_str(cl_verdict_word(got), cl_verdict_word(want), "%s", what);
}
#endif
