#ifndef ANONCREDS_PRESENTATION_H
#define ANONCREDS_PRESENTATION_H
#include "../accum/proof.h"
#include "../cl/ge.h"
#include "number.h"
/*
 * Presentation: proofs, what they show, and of which credentials.  Decoded from
 * outside, or filled in by the prover and encoded.  Source: specification 3.6.
 */
struct ac_sub_proof {
	struct cl_eq_proof eq;
	struct cl_ge_proof *ge;
	size_t	n_ge;
	bool	has_rev;		/* non_revoc_proof is there */
	struct accum_proof rev;
	bool	rev_has_m2;		/* of its own: the legacy form */
	struct fr rev_m2;
};
void ac_sub_proof_init(struct ac_sub_proof *p);
void ac_sub_proof_release(struct ac_sub_proof *p);

struct ac_bytes { uint8_t *p; size_t n; };
struct ac_c_list { struct ac_bytes *at; size_t n; };	/* its own bytes */
#define AC_C_LIST_MAX	(AC_CREDS_MAX * 8 + AC_PREDS_MAX * 5)
#define AC_C_BYTES_MAX	640
void ac_c_list_add(struct ac_c_list *l, const void *p, size_t n);
void ac_c_list_release(struct ac_c_list *l);

struct ac_shown_value {
	const char *name;		/* as the presentation writes it; NULL outside groups */
	const char *raw;
	struct bn encoded;
	bool	has_sub;		/* groups: its own sub_proof_index */
	uint32_t sub;
};
struct ac_shown {			/* revealed_attrs[ref], revealed_attr_groups[ref] */
	const char *ref;
	bool	group;
	uint32_t sub;			/* sub_proof_index */
	struct ac_shown_value *at;
	size_t	n;
};
struct ac_pointer { const char *ref; uint32_t sub; };	/* unrevealed, predicates */
struct ac_self { const char *ref, *value; };
struct ac_identifier {
	const char *schema_id, *cred_def_id, *rev_reg_id;	/* rev_reg_id: NULL: none */
	bool	has_timestamp;
	int64_t	timestamp;
};

struct ac_presentation {
	struct json_object *json;	/* what texts live in; NULL while it is made */
	struct ac_sub_proof *proofs;
	size_t	n_proofs;
	struct bn c_hash;
	struct ac_c_list c_list;
	struct ac_shown *shown;		/* attributes and groups together */
	struct ac_self *selfs;
	struct ac_pointer *hidden, *preds;
	size_t	n_shown, n_selfs, n_hidden, n_preds;
	struct ac_identifier *ids;
	size_t	n_ids;
};
#define AC_PRESENTATION_INIT { .c_hash = BN_INIT }
/*
 * ac_presentation_decode(out, o, e): form, counts, bounds of numbers as text, and
 * curve and order of every point; commitments are finite.  Whether anything is
 * proven is for ac_verify.  ERR_STRUCTURE, ERR_PAST_LIMIT.
 */
int ac_presentation_decode(struct ac_presentation *out, struct json_object *o, struct err *e);
void ac_presentation_release(struct ac_presentation *p);
/* ac_presentation_encode(p): names as on the wire; the caller's. */
struct json_object *ac_presentation_encode(const struct ac_presentation *p);

/* Its two halves; `proof` and the rest.  For presentation.c. */
int ac_proof_decode(struct ac_presentation *p, struct json_object *o, struct err *e);
struct json_object *ac_proof_encode(const struct ac_presentation *p);
int ac_shown_decode(struct ac_presentation *p, struct json_object *o, struct err *e);
struct json_object *ac_shown_encode(const struct ac_presentation *p);
#endif
