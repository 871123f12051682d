/*
 * One bit of every field of valid objects: numbers, points, hashes, names and
 * counts.  What then still holds is listed here by name, with why, and each line
 * of the list is needed.
 */
#include <fnmatch.h>

#include "../../lib/crypt/anoncreds/offer.h"
#include "acworld.h"

/* A field that proves nothing: a pattern of its path. */
struct free_field {
	const char *path, *why;
	bool	seen;			/* a flip of it was let through */
};

/* One place of an object; borrowed from it. */
struct place {
	struct json_object *up, *value;
	char	*key;			/* NULL: an element of an array */
	char	*path;
};
struct places {
	struct place *at;
	size_t	n;
};

static char *
path_of(const char *up, const char *key)
{
	char *s;

	if (asprintf(&s, "%s.%s", up, key) == -1)
		abort();
	return s;
}

static void collect(struct places *p, struct json_object *o, const char *path);

static void
add_place(struct places *p, struct place new)
{
	p->at = reallocarray(p->at, p->n + 1, sizeof(*p->at));
	if (p->at == NULL)
		abort();
	p->at[p->n++] = new;
	collect(p, new.value, new.path);
}

/* collect: all places below o.  Of a long list of bytes: three. */
static void
collect(struct places *p, struct json_object *o, const char *path)
{
	char index[24];

	if (json_object_is_type(o, json_type_object)) {
		json_object_object_foreach(o, key, v)
			add_place(p, (struct place){ o, v, strdup(key),
			    path_of(path, key) });
	} else if (json_object_is_type(o, json_type_array)) {
		size_t n = json_object_array_length(o);

		for (size_t i = 0; i < n; i++) {
			struct json_object *v = json_object_array_get_idx(o, i);

			if (n > 16 && json_object_is_type(v, json_type_int) &&
			    i != 0 && i != n / 2 && i != n - 1)
				continue;
			snprintf(index, sizeof(index), "%zu", i);
			add_place(p, (struct place){ o, v, NULL,
			    path_of(path, index) });
		}
	}
}

static void
places_release(struct places *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->at[i].key);
		free(p->at[i].path);
	}
	free(p->at);
}

/* flip_text: a bit of the last character; a digit stays one. */
static void
flip_text(struct json_object *o)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	buf_adds(&b, json_object_get_string(o));
	if (b.len > 0)
		b.data[b.len - 1] ^= b.data[b.len - 1] == 'A' ? 2 : 1;
	json_object_set_string(o, b.len > 0 ? b.data : "1");
}

/* What is done to a place, and undone. */
enum change { CHANGE_VALUE, CHANGE_FIRST, CHANGE_NAME, CHANGE_COUNT, CHANGE_MAX };

/* change_first: a bit of the first character of a point, which is its excess. */
static bool
change_first(struct json_object *o)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	if (!json_object_is_type(o, json_type_string) ||
	    strchr(json_object_get_string(o), ' ') == NULL)
		return false;
	buf_adds(&b, json_object_get_string(o));
	b.data[0] ^= b.data[0] == '1' ? 2 : 1;
	json_object_set_string(o, b.data);
	return true;
}

static bool
change_value(struct json_object *o)
{
	if (json_object_is_type(o, json_type_string)) {
		flip_text(o);
		return true;
	}
	if (json_object_is_type(o, json_type_int)) {
		json_object_set_int64(o, json_object_get_int64(o) ^ 1);
		return true;
	}
	return false;
}

/* rename_member: the place under another name, or under its own again. */
static void
rename_member(const struct place *p, const char *from, const char *to)
{
	struct json_object *v = json_object_get(p->value);

	json_object_object_del(p->up, from);
	json_add(p->up, to, v);
}

/* other_name: its key with a bit flipped, so that no other member has it. */
static char *
other_name(const struct place *p)
{
	char *s = strdup(p->key), *last = s + strlen(s) - 1;
	int bit = 1;

	*last ^= 1;
	while (json_object_object_get_ex(p->up, s, NULL) && bit < 16) {
		*last ^= (char)bit;
		bit *= 2;
		*last ^= (char)bit;
	}
	return s;
}

/* changed: whether the change could be made; *undo is what it was. */
static bool
changed(struct place *p, enum change how, char **undo)
{
	*undo = NULL;
	switch (how) {
	case CHANGE_NAME:
		if (p->key == NULL)
			return false;
		*undo = other_name(p);
		rename_member(p, p->key, *undo);
		return true;
	case CHANGE_COUNT:
		if (!json_object_is_type(p->value, json_type_array) ||
		    json_object_array_length(p->value) == 0)
			return false;
		*undo = strdup(json_text(p->value));
		json_object_array_add(p->value, json_object_get(
		    json_object_array_get_idx(p->value, 0)));
		return true;
	default:
		if (json_object_is_type(p->value, json_type_string))
			*undo = strdup(json_object_get_string(p->value));
		return how == CHANGE_FIRST ? change_first(p->value) :
		    change_value(p->value);
	}
}

static void
change_back(struct place *p, enum change how, char *undo)
{
	if (how == CHANGE_NAME)
		rename_member(p, undo, p->key);
	else if (how == CHANGE_COUNT)
		json_object_array_del_idx(p->value,
		    json_object_array_length(p->value) - 1, 1);
	else if (json_object_is_type(p->value, json_type_string))
		json_object_set_string(p->value, undo);
	else
		change_value(p->value);
	free(undo);
}

/* holds(arg): whether what the object is for still succeeds. */
typedef bool (*holds_fn)(void *arg);

static bool
is_free(struct free_field *free_fields, const char *path, enum change how)
{
	char full[1024];
	bool any = false;

	snprintf(full, sizeof(full), "%s%s", path, how == CHANGE_NAME ? " name" :
	    how == CHANGE_FIRST ? " first" : "");
	for (struct free_field *f = free_fields; f->path != NULL; f++)
		if (fnmatch(f->path, full, 0) == 0)
			any = f->seen = true;
	return any;
}

/*
 * flip_all(what, o, holds, arg, free_fields): every change of every place of o.
 */
static void
flip_all(const char *what, struct json_object *o, holds_fn holds, void *arg,
    struct free_field *free_fields)
{
	CLEANUP(places_release) struct places p = { NULL, 0 };
	size_t n = 0, through = 0;

	ok(holds(arg), "%s: holds as it is", what);
	collect(&p, o, "");
	for (size_t i = 0; i < p.n; i++) {
		for (int how = 0; how < CHANGE_MAX; how++) {
			char *undo;

			if (!changed(&p.at[i], (enum change)how, &undo)) {
				free(undo);
				continue;
			}
			n++;
			if (holds(arg) && !is_free(free_fields, p.at[i].path,
			    (enum change)how)) {
				printf("# %s: change %d is not seen\n",
				    p.at[i].path, how);
				through++;
			}
			change_back(&p.at[i], (enum change)how, undo);
		}
	}
	is_int((int64_t)through, 0, "%s: %zu changes, all seen", what, n);
	ok(holds(arg), "%s: holds again", what);
	for (struct free_field *f = free_fields; f->path != NULL; f++)
		ok(f->seen, "%s: %s proves nothing: %s", what, f->path, f->why);
}

static bool
verifies(void *arg)
{
	return strcmp(verdict_of(arg), "valid") == 0;
}

/* pres_verifies: the same, the verifier's side being what it is. */
static bool
pres_verifies(void *arg)
{
	return strcmp(side_verdict(arg), "valid") == 0;
}

static void
flip_pres(const char *what, const struct ac_case *c, struct free_field *fields)
{
	CLEANUP(side_release) struct ac_side s;

	is_int(side_init(&s, c), 0, "%s: the verifier's side", what);
	flip_all(what, c->pres, pres_verifies, &s, fields);
}

/* ---- published presentations -------------------------------------------- */

static void
test_presentation(void)
{
	CLEANUP(case_release) struct ac_case c = case_refgen(0);
	static struct free_field fields[] = {
		{ ".requested_proof.revealed_attrs.a.raw*",
		    "the encoding is not that of 3.3, so it is not checked", false },
		{ ".proof.*.c_list.[a-z] first", "the excess of a coordinate", false },
		{ NULL, NULL, false },
	};

	flip_pres("presentation 1", &c, fields);
}

static void
test_verifiers_objects(void)
{
	CLEANUP(case_release) struct ac_case c = case_refgen(2);
	static struct free_field fields[] = {
		{ ".cred_defs.*.tag*", "a label", false },
		{ ".cred_defs.*.issuerId*", "nothing was asked of the issuer", false },
		{ ".rev_reg_defs.*.tag*", "a label", false },
		{ ".rev_reg_defs.*.issuerId*", "nothing was asked of the issuer", false },
		{ ".rev_reg_defs.*.maxCredNum", "for issuer and holder", false },
		{ ".rev_reg_defs.*.tailsHash*", "for the holder", false },
		{ ".status_lists.0.revocationList*", "the accumulator counts", false },
		{ ".cred_defs.*.revocation.* first", "the excess of a coordinate", false },
		{ ".rev_reg_defs.*.z first", "the excess of a coordinate", false },
		{ ".status_lists.0.currentAccumulator first",
		    "the excess of a coordinate", false },
		{ NULL, NULL, false },
	};

	flip_all("the verifier's objects", c.args, verifies, &c, fields);
}

static void
test_indy(void)
{
	CLEANUP(case_release) struct ac_case one =
	    case_indy("anoncreds/indy-presentation-1attr.json");
	CLEANUP(case_release) struct ac_case group =
	    case_indy("anoncreds/indy-presentation-names-group.json");
	static struct free_field raw[] = {
		{ ".requested_proof.*.raw*",
		    "the encoding is not that of 3.3, so it is not checked", false },
		{ NULL, NULL, false },
	};
	static struct free_field titles[] = {
		{ ".name*", "the request's title", false },
		{ ".version*", "the request's title", false },
		{ NULL, NULL, false },
	};

	flip_pres("Indy's presentation", &one, raw);
	flip_all("Indy's request", one.request, verifies, &one, titles);
	flip_pres("Indy's group", &group, raw);
}

/* ---- keys --------------------------------------------------------------- */

struct keys {
	struct json_object *def, *proof;
};

static bool
key_holds(void *arg)
{
	CLEANUP(ac_cred_def_release) struct ac_cred_def d = AC_CRED_DEF_INIT;
	CLEANUP(cl_key_proof_release) struct cl_key_proof p = CL_KEY_PROOF_INIT;
	struct keys *k = arg;
	struct err e = ERR_INIT;

	return ac_cred_def_decode(&d, k->def, &e) == 0 &&
	    ac_key_proof_decode(&p, k->proof, &e) == 0 &&
	    cl_key_check(&d.key, &p) == CL_HOLDS;
}

static void
test_key_proof(void)
{
	CLEANUP(json_put) struct json_object *v =
	    vec_json("anoncreds/refgen-default-L5/credential_definition.json");
	CLEANUP(json_put) struct json_object *def =
	    wire_def(vec_at(v, "public_key.p_key"), NULL);
	struct keys k = { def, vec_at(v, "key_correctness_proof") };
	static struct free_field of_proof[] = { { NULL, NULL, false } };
	static struct free_field of_key[] = {
		{ ".value.primary.rctxt*", "not in the proof (3.3)", false },
		{ ".tag*", "a label", false },
		{ ".schemaId*", "for who looks the schema up", false },
		{ ".issuerId*", "for who looks the issuer up", false },
		{ NULL, NULL, false },
	};

	flip_all("a key's proof", k.proof, key_holds, &k, of_proof);
	flip_all("its key", k.def, key_holds, &k, of_key);
}

/* ---- issuance, of our own ----------------------------------------------- */

struct issue_arg {
	struct world *w;
	struct issuance *s;
	struct json_object *o;
};

static bool
request_is_signed(void *arg)
{
	struct issue_arg *a = arg;
	CLEANUP(ac_cred_request_release) struct ac_cred_request r =
	    AC_CRED_REQUEST_INIT;
	struct ac_issue in = a->s->issue;
	struct json_object *cred = NULL;
	struct err e = ERR_INIT;
	int rc;

	if (ac_cred_request_decode(&r, a->o, &e) == -1)
		return false;
	in.request = &r;
	rc = ac_issuer_issue(&cred, &in, &e);
	json_object_put(cred);
	return rc == 0;
}

static bool
credential_is_kept(void *arg)
{
	struct issue_arg *a = arg;
	CLEANUP(ac_credential_release) struct ac_credential c =
	    AC_CREDENTIAL_INIT;
	struct json_object *kept = NULL;
	struct err e = ERR_INIT;
	int rc;

	if (ac_credential_decode(&c, a->o, &e) == -1)
		return false;
	rc = ac_holder_accept(&kept, &c, &a->s->accept, &e);
	json_object_put(kept);
	return rc == 0;
}

static void
test_issuance(struct world *w)
{
	CLEANUP(issuance_release) struct issuance s;
	struct issue_arg a = { w, &s, NULL };
	static struct free_field of_request[] = {
		{ ".entropy", "the issuer signs for whoever it is", false },
		{ ".nonce*", "of the holder, who checks it", false },
		{ ".blinded_ms.ur first", "the excess of a coordinate", false },
		{ NULL, NULL, false },
	};
	static struct free_field of_credential[] = {
		{ ".schema_id*", "for who looks the schema up", false },
		{ ".rev_reg_id*", "for who looks the registry up", false },
		{ ".*sigma* first", "the excess of a coordinate", false },
		{ ".*u_i first", "the excess of a coordinate", false },
		{ ".*g_i first", "the excess of a coordinate", false },
		{ ".rev_reg.accum first", "the excess of a coordinate", false },
		{ ".witness.omega first", "the excess of a coordinate", false },
		{ NULL, NULL, false },
	};

	issuance_begin(&s, w, 0, 4, "{\"First Name\": \"Alex\", "
	    "\"age\": \"28\", \"height\": \"175\", \"zero\": \"0\"}");
	issuance_issue(&s);
	a.o = s.request_json;
	flip_all("a request", a.o, request_is_signed, &a, of_request);
	a.o = s.cred_json;
	flip_all("a credential", a.o, credential_is_kept, &a, of_credential);
}

int
main(void)
{
	static struct world w;

	if (!vec_missing()) {
		test_presentation();
		test_verifiers_objects();
		test_indy();
		test_key_proof();
	}
	world_init(&w);
	test_issuance(&w);
	world_release(&w);
	return done_testing();
}
