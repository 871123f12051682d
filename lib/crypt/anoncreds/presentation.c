#include "presentation.h"

#include <stdlib.h>

#include "../../base/cleanup.h"

static const char *const members[] = {
	"proof", "requested_proof", "identifiers", NULL,
};
static const char *const id_members[] = {
	"schema_id", "cred_def_id", "rev_reg_id", "timestamp", NULL,
};

static int
read_id(struct ac_identifier *i, struct json_object *o, struct err *e)
{
	int got;

	if (ac_members(o, id_members, SIZE_MAX, e) == -1 ||
	    ac_text(o, "schema_id", AC_ID_MAX, &i->schema_id, e) == -1 ||
	    ac_text(o, "cred_def_id", AC_ID_MAX, &i->cred_def_id, e) == -1 ||
	    ac_opt_text(o, "rev_reg_id", AC_ID_MAX, &i->rev_reg_id, e) == -1)
		return -1;
	got = ac_opt_i64(o, "timestamp", 0, INT64_MAX - 1, &i->timestamp, e);
	i->has_timestamp = got == 1;
	return got == -1 ? -1 : 0;
}

static int
read_all(struct ac_presentation *p, struct err *e)
{
	struct json_object *proof, *shown, *ids;
	size_t n;

	if (ac_members(p->json, members, SIZE_MAX, e) == -1 ||
	    ac_sub(p->json, "proof", &proof, e) == -1 ||
	    ac_sub(p->json, "requested_proof", &shown, e) == -1 ||
	    ac_arr(p->json, "identifiers", 0, AC_CREDS_MAX, &ids, e) == -1)
		return -1;
	n = json_object_array_length(ids);
	p->ids = ac_zeroed(n, sizeof(*p->ids));
	for (size_t i = 0; i < n; i++, p->n_ids++)
		if (read_id(&p->ids[i],
		    json_object_array_get_idx(ids, i), e) == -1)
			return ac_under(e, "identifiers[%zu]", i);
	if (ac_shown_decode(p, shown, e) == -1)
		return ac_under(e, "requested_proof");
	if (ac_proof_decode(p, proof, e) == -1)
		return ac_under(e, "proof");
	return 0;
}

int
ac_presentation_decode(struct ac_presentation *out, struct json_object *o,
    struct err *e)
{
	CLEANUP(ac_presentation_release) struct ac_presentation p =
	    AC_PRESENTATION_INIT;

	p.json = json_object_get(o);
	if (read_all(&p, e) == -1)
		return -1;
	*out = p;
	p = (struct ac_presentation)AC_PRESENTATION_INIT;
	return 0;
}

void
ac_presentation_release(struct ac_presentation *p)
{
	for (size_t i = 0; i < p->n_proofs; i++)
		ac_sub_proof_release(&p->proofs[i]);
	free(p->proofs);
	bn_release(&p->c_hash);
	ac_c_list_release(&p->c_list);
	for (size_t i = 0; i < p->n_shown; i++) {
		for (size_t k = 0; k < p->shown[i].n; k++)
			bn_release(&p->shown[i].at[k].encoded);
		free(p->shown[i].at);
	}
	free(p->shown);
	free(p->selfs);
	free(p->hidden);
	free(p->preds);
	free(p->ids);
	json_object_put(p->json);
	*p = (struct ac_presentation)AC_PRESENTATION_INIT;
}

static struct json_object *
encode_ids(const struct ac_presentation *p)
{
	struct json_object *a = ac_new_array();

	for (size_t i = 0; i < p->n_ids; i++) {
		const struct ac_identifier *id = &p->ids[i];
		struct json_object *o = ac_new_object();

		json_add_str(o, "schema_id", id->schema_id);
		json_add_str(o, "cred_def_id", id->cred_def_id);
		json_add_str(o, "rev_reg_id", id->rev_reg_id);
		if (id->has_timestamp)
			json_add_i64(o, "timestamp", id->timestamp);
		else
			json_add(o, "timestamp", NULL);
		ac_push(a, o);
	}
	return a;
}

struct json_object *
ac_presentation_encode(const struct ac_presentation *p)
{
	struct json_object *o = ac_new_object();

	json_add(o, "proof", ac_proof_encode(p));
	json_add(o, "requested_proof", ac_shown_encode(p));
	json_add(o, "identifiers", encode_ids(p));
	return o;
}
