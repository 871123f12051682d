#include <stdlib.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/anoncreds/rev_list.h"
#include "revstate.h"
#include "x_issuer.h"

#define INDICES_MAX	100000

/* read_indices: those of the request; *out is the caller's. */
static int
read_indices(struct fork_job *j, uint32_t **out, size_t *n, struct err *e)
{
	struct json_object *a;
	int64_t index;

	if (json_get_arr(fork_args(j), "indices", 1, INDICES_MAX, &a, e) == -1)
		return err_set(e, ERR_STRUCTURE, "indices: 1 to %d of them", INDICES_MAX);
	*n = json_object_array_length(a);
	*out = reallocarray(NULL, *n, sizeof(**out));
	if (*out == NULL)
		abort();
	for (size_t i = 0; i < *n; i++) {
		struct json_object *v = json_object_array_get_idx(a, i);

		index = json_object_get_int64(v);
		if (!json_object_is_type(v, json_type_int) || index < 0 || index > ACCUM_SIZE_MAX)
			return err_set(e, ERR_STRUCTURE, "indices[%zu]: not an index", i);
		(*out)[i] = (uint32_t)index;
	}
	return 0;
}

/* finish: the state is written, told of and done. */
static int
finish(struct fork_job *j, struct revstate *s, const struct ac_rev_delta *delta, struct err *e)
{
	struct json_object *body;
	int64_t timestamp;

	if (revstate_time(j, s, &timestamp, e) == -1)
		return -1;
	revstate_write(j, s, timestamp);
	body = json_object_new_object();
	json_add(body, "status_list", revstate_list(s, timestamp));
	json_add_i64(body, "status_list_version", s->version + 1);
	if (delta != NULL)
		json_add(body, "delta", ac_rev_delta_encode(delta));
	fork_result(j, 200, body);
	return 0;
}

static int
change(struct fork_job *j, bool revoke, struct err *e)
{
	CLEANUP(ac_rev_delta_release) struct ac_rev_delta delta = AC_REV_DELTA_INIT;
	CLEANUP(revstate_release) struct revstate s = REVSTATE_INIT;
	CLEANUP(cleanup_free) uint32_t *indices = NULL;
	const char *id;
	size_t n = 0;

	if (fork_get_str(j, "id", 1, AC_ID_MAX, &id, e) == -1 || read_indices(j, &indices, &n, e) == -1 ||
	    revstate_read(j, id, NULL, &s, e) == -1)
		return -1;
	delta.has_prev = true;
	delta.prev = s.accum;
	if (accum_delta_of(&delta.delta, &s.list, indices, n, revoke, e) == -1 ||
	    revstate_change(&s, &delta.delta, e) == -1)
		return -1;
	delta.accum = s.accum;
	return finish(j, &s, &delta, e);
}

static int
revoke(struct fork_job *j, struct err *e)
{
	return change(j, true, e);
}

static int
unrevoke(struct fork_job *j, struct err *e)
{
	return change(j, false, e);
}

/* update_status_list: nothing changes but the time at which the list holds. */
static int
update_status_list(struct fork_job *j, struct err *e)
{
	CLEANUP(revstate_release) struct revstate s = REVSTATE_INIT;
	const char *id;

	if (fork_get_str(j, "id", 1, AC_ID_MAX, &id, e) == -1 || revstate_read(j, id, NULL, &s, e) == -1)
		return -1;
	return finish(j, &s, NULL, e);
}

const struct fork_kind x_revoke = { .name = "issuer.revoke", .run = revoke };
const struct fork_kind x_unrevoke = { .name = "issuer.unrevoke", .run = unrevoke };
const struct fork_kind x_update_status_list = { .name = "issuer.update_status_list", .run = update_status_list };
