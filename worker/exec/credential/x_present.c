#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/anoncreds/present.h"
#include "field.h"
#include "heldcred.h"
#include "linksecret.h"
#include "need.h"
#include "x_holder.h"

/* Everything that a presentation is made of. */
struct making {
	struct ac_pres_request request;
	struct ac_selection selection;
	struct ac_objects objects;
	struct ac_credential *creds;	/* behind held, n_held of them */
	struct ac_held *held;
	struct ac_held_state *states;
	size_t	n_held, n_states;
	struct bn link;
};
#define MAKING_INIT { .request = AC_PRES_REQUEST_INIT, .selection = AC_SELECTION_INIT, .objects = AC_OBJECTS_INIT, .link = BN_INIT }

static void
making_release(struct making *m)
{
	bn_release(&m->link);
	for (size_t i = 0; i < m->n_held; i++)
		ac_credential_release(&m->creds[i]);
	free(m->creds);
	free(m->held);
	free(m->states);
	ac_objects_release(&m->objects);
	ac_selection_release(&m->selection);
	ac_pres_request_release(&m->request);
}

/* ---- credentials ---------------------------------------------------------- */

/* hold: the credential of the wallet, read once however often it is chosen. */
static int
hold(struct fork_job *j, struct making *m, const char *id, struct err *e)
{
	struct ac_credential *c = &m->creds[m->n_held];

	for (size_t i = 0; i < m->n_held; i++)
		if (strcmp(m->held[i].id, id) == 0)
			return 0;
	if (m->n_held == AC_CREDS_MAX)
		return err_set(e, ERR_PAST_LIMIT, "selection: over %d credentials", AC_CREDS_MAX);
	*c = (struct ac_credential)AC_CREDENTIAL_INIT;
	if (heldcred_get(j, id, c, e) == -1)
		return -1;
	m->held[m->n_held++] = (struct ac_held){ .id = id, .cred = c };
	return 0;
}

static int
hold_all(struct fork_job *j, struct making *m, struct err *e)
{
	const struct ac_selection *s = &m->selection;

	m->creds = ac_zeroed(AC_CREDS_MAX, sizeof(*m->creds));
	m->held = ac_zeroed(AC_CREDS_MAX, sizeof(*m->held));
	for (size_t i = 0; i < s->n_attrs; i++)
		if (hold(j, m, s->attrs[i].cred_id, e) == -1)
			return -1;
	for (size_t i = 0; i < s->n_preds; i++)
		if (hold(j, m, s->preds[i].cred_id, e) == -1)
			return -1;
	return 0;
}

/* ---- states: {cred_id: state, or a list of them} -------------------------- */

static int
add_state(struct making *m, const char *cred_id, struct json_object *o, struct err *e)
{
	struct ac_held_state *s = &m->states[m->n_states];

	if (m->n_states == AC_CREDS_MAX)
		return err_set(e, ERR_PAST_LIMIT, "states: over %d", AC_CREDS_MAX);
	if (ac_rev_state_decode(&s->state, o, e) == -1)
		return ac_under(e, "states.%s", cred_id);
	s->cred_id = cred_id;
	m->n_states++;
	return 0;
}

static int
read_states(struct fork_job *j, struct making *m, struct err *e)
{
	struct json_object *states;
	int rc = field_object(j, "states", &states, e);

	m->states = ac_zeroed(AC_CREDS_MAX, sizeof(*m->states));
	if (rc <= 0)
		return rc;
	json_object_object_foreach(states, cred_id, one) {
		size_t n = json_object_is_type(one, json_type_array) ? json_object_array_length(one) : 0;

		if (n == 0 && add_state(m, cred_id, one, e) == -1)
			return -1;
		for (size_t i = 0; i < n; i++)
			if (add_state(m, cred_id, json_object_array_get_idx(one, i), e) == -1)
				return -1;
	}
	return 0;
}

/* ---- the presentation ----------------------------------------------------- */

static int
read_making(struct fork_job *j, struct making *m, struct err *e)
{
	struct json_object *request, *selection;
	const char *link;

	if (fork_get_str(j, "link_secret", 1, AC_NAME_MAX, &link, e) == -1 || need_object(j, "request", &request, e) == -1 ||
	    need_object(j, "selection", &selection, e) == -1)
		return -1;
	if (ac_pres_request_decode(&m->request, request, e) == -1)
		return ac_under(e, "request");
	if (ac_selection_decode(&m->selection, selection, e) == -1)
		return ac_under(e, "selection");
	if (ac_objects_decode(&m->objects, fork_args(j), e) == -1 || read_states(j, m, e) == -1)
		return -1;
	return linksecret_get(j, link, &m->link, e);
}

static int
create_presentation(struct fork_job *j, struct err *e)
{
	CLEANUP(making_release) struct making m = MAKING_INIT;
	struct json_object *self = NULL, *presentation;
	struct ac_present in;

	if (read_making(j, &m, e) == -1 || hold_all(j, &m, e) == -1 || field_object(j, "self_attested", &self, e) == -1)
		return -1;
	fork_progress(j, "proof", 0, 0, "credentials");
	in = (struct ac_present){ .request = &m.request, .selection = &m.selection, .held = m.held, .n_held = m.n_held,
	    .states = m.states, .n_states = m.n_states, .objects = &m.objects, .self_attested = self, .link = &m.link };
	if (ac_present(&presentation, &in, e) == -1)
		return -1;
	return fork_private_result(j, 200, presentation, e);
}

const struct fork_kind x_create_presentation = { .name = "holder.create_presentation", .run = create_presentation };
