#include "cred_def.h"

#include <string.h>

#include "../../base/cleanup.h"
#include "attr.h"

#define BITS BN_BITS_MAX	/* of numbers whose bound depends on the key */

static const char *const def_members[] = {
	"schemaId", "type", "tag", "issuerId", "value", "id", "ver", NULL,
};
static const char *const value_members[] = { "primary", "revocation", NULL };
static const char *const primary_members[] = {
	"n", "s", "r", "rctxt", "z", "rms", NULL,
};

/* The points of the revocation key by their names on the wire. */
static const struct { const char *name; size_t at; } g1_members[] = {
	{ "g", offsetof(struct accum_pub, g) },
	{ "h", offsetof(struct accum_pub, h) },
	{ "h0", offsetof(struct accum_pub, h0) },
	{ "h1", offsetof(struct accum_pub, h1) },
	{ "h2", offsetof(struct accum_pub, h2) },
	{ "htilde", offsetof(struct accum_pub, htilde) },
	{ "pk", offsetof(struct accum_pub, pk) },
};
static const struct { const char *name; size_t at; } g2_members[] = {
	{ "g_dash", offsetof(struct accum_pub, g_dash) },
	{ "h_cap", offsetof(struct accum_pub, h_cap) },
	{ "u", offsetof(struct accum_pub, u) },
	{ "y", offsetof(struct accum_pub, y) },
};
#define N_G1 (sizeof(g1_members) / sizeof(g1_members[0]))
#define N_G2 (sizeof(g2_members) / sizeof(g2_members[0]))
static const char *const rev_members[] = {
	"g", "h", "h0", "h1", "h2", "htilde", "pk", "g_dash", "h_cap", "u", "y",
	NULL,
};

/* read_bases: r, and an older rms as its master_secret. */
static int
read_bases(struct cl_pub *key, struct json_object *o, struct err *e)
{
	CLEANUP(bn_release) struct bn rms = BN_INIT;
	const char *text;
	int old;

	if (ac_num_map(o, "r", CL_ATTRS_MAX, BITS, &key->r, e) == -1)
		return -1;
	for (size_t i = 0; i < key->r.n; i++)
		if (!ac_attr_is(key->r.at[i].name, key->r.at[i].name))
			return err_set(e, ERR_STRUCTURE, "r.%.64s: must be in "
			    "lower case without spaces", key->r.at[i].name);
	old = ac_opt_text(o, "rms", AC_DEC_MAX, &text, e);
	if (old == 1 && (ac_num(o, "rms", BITS, &rms, e) == -1 ||
	    cl_map_add(&key->r, CL_LINK, &rms, e) == -1))
		return -1;
	if (old == -1)
		return -1;
	if (key->r.n < 2)
		return ac_bad(e, "r", "must have an attribute");
	return 0;
}

static int
read_primary(struct cl_pub *key, struct json_object *o, struct err *e)
{
	enum cl_verdict v;

	if (ac_members(o, primary_members, SIZE_MAX, e) == -1 ||
	    ac_num(o, "n", BITS, &key->n, e) == -1 ||
	    ac_num(o, "s", BITS, &key->s, e) == -1 ||
	    ac_num(o, "z", BITS, &key->z, e) == -1 ||
	    ac_num(o, "rctxt", BITS, &key->rctxt, e) == -1 ||
	    read_bases(key, o, e) == -1)
		return -1;
	v = cl_pub_ready(key);
	if (v != CL_HOLDS)
		return ac_bad(e, "", cl_verdict_word(v));
	return 0;
}

static int
read_revocation(struct accum_pub *rev, struct json_object *o, struct err *e)
{
	if (ac_members(o, rev_members, SIZE_MAX, e) == -1)
		return -1;
	for (size_t i = 0; i < N_G1; i++)
		if (ac_g1(o, g1_members[i].name, WIRE_FINITE,
		    (struct g1 *)((char *)rev + g1_members[i].at), e) == -1)
			return -1;
	for (size_t i = 0; i < N_G2; i++)
		if (ac_g2(o, g2_members[i].name, WIRE_FINITE,
		    (struct g2 *)((char *)rev + g2_members[i].at), e) == -1)
			return -1;
	return 0;
}

static int
read_value(struct ac_cred_def *d, struct json_object *o, struct err *e)
{
	struct json_object *primary, *rev;
	int got;

	if (ac_members(o, value_members, SIZE_MAX, e) == -1 ||
	    ac_sub(o, "primary", &primary, e) == -1)
		return -1;
	if (read_primary(&d->key, primary, e) == -1)
		return ac_under(e, "primary");
	got = ac_opt_sub(o, "revocation", &rev, e);
	if (got == 1 && read_revocation(&d->rev, rev, e) == -1)
		return ac_under(e, "revocation");
	d->revocable = got == 1;
	return got == -1 ? -1 : 0;
}

static int
read_all(struct ac_cred_def *d, struct err *e)
{
	struct json_object *value;
	const char *type, *ver;

	if (ac_members(d->json, def_members, SIZE_MAX, e) == -1 ||
	    ac_text(d->json, "schemaId", AC_ID_MAX, &d->schema_id, e) == -1 ||
	    ac_text(d->json, "type", AC_NAME_MAX, &type, e) == -1 ||
	    ac_text(d->json, "tag", AC_NAME_MAX, &d->tag, e) == -1 ||
	    ac_opt_text(d->json, "issuerId", AC_ID_MAX, &d->issuer_id, e) == -1 ||
	    ac_opt_text(d->json, "id", AC_ID_MAX, &d->id, e) == -1 ||
	    ac_opt_text(d->json, "ver", AC_NAME_MAX, &ver, e) == -1 ||
	    ac_sub(d->json, "value", &value, e) == -1)
		return -1;
	if (strcmp(type, "CL") != 0)
		return ac_bad(e, "type", "must be CL");
	if (d->issuer_id == NULL && d->id == NULL)
		return ac_bad(e, "issuerId", "is required");
	if (read_value(d, value, e) == -1)
		return ac_under(e, "value");
	return 0;
}

int
ac_cred_def_decode(struct ac_cred_def *out, struct json_object *o, struct err *e)
{
	CLEANUP(ac_cred_def_release) struct ac_cred_def d = AC_CRED_DEF_INIT;

	d.json = json_object_get(o);
	if (read_all(&d, e) == -1)
		return -1;
	*out = d;
	d = (struct ac_cred_def)AC_CRED_DEF_INIT;
	return 0;
}

void
ac_cred_def_release(struct ac_cred_def *d)
{
	cl_pub_release(&d->key);
	json_object_put(d->json);
	*d = (struct ac_cred_def)AC_CRED_DEF_INIT;
}

static struct json_object *
encode_revocation(const struct accum_pub *rev)
{
	struct json_object *o = ac_new_object();

	for (size_t i = 0; i < N_G1; i++)
		ac_add_g1(o, g1_members[i].name,
		    (const struct g1 *)((const char *)rev + g1_members[i].at));
	for (size_t i = 0; i < N_G2; i++)
		ac_add_g2(o, g2_members[i].name,
		    (const struct g2 *)((const char *)rev + g2_members[i].at));
	return o;
}

struct json_object *
ac_cred_def_encode(const char *schema_id, const char *tag, const char *issuer_id,
    const struct cl_pub *key, const struct accum_pub *rev)
{
	struct json_object *o = ac_new_object(), *value = ac_new_object();
	struct json_object *primary = ac_new_object();

	ac_add_num(primary, "n", &key->n);
	ac_add_num(primary, "s", &key->s);
	ac_add_num_map(primary, "r", &key->r);
	ac_add_num(primary, "rctxt", &key->rctxt);
	ac_add_num(primary, "z", &key->z);
	json_add(value, "primary", primary);
	if (rev != NULL)
		json_add(value, "revocation", encode_revocation(rev));
	json_add_str(o, "schemaId", schema_id);
	json_add_str(o, "type", "CL");
	json_add_str(o, "tag", tag);
	json_add_str(o, "issuerId", issuer_id);
	json_add(o, "value", value);
	return o;
}
