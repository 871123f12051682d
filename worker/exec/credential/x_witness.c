#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/accum/witness.h"
#include "../../../lib/crypt/anoncreds/rev_list.h"
#include "../../../lib/crypt/anoncreds/rev_reg.h"
#include "field.h"
#include "need.h"
#include "x_holder.h"

struct asked {
	struct ac_rev_reg reg;
	struct ac_rev_list list, old;
	bool	has_old;		/* old and state are there */
	struct ac_rev_state state;
	uint32_t index;
};
#define ASKED_INIT { .reg = AC_REV_REG_INIT, .list = AC_REV_LIST_INIT, .old = AC_REV_LIST_INIT }

static void
asked_release(struct asked *a)
{
	ac_rev_reg_release(&a->reg);
	ac_rev_list_release(&a->list);
	ac_rev_list_release(&a->old);
}

/* read_list: a list of the registry; on demand or by default, the registry knows. */
static int
read_list(const struct asked *a, const char *name, struct json_object *o, struct ac_rev_list *out, struct err *e)
{
	if (ac_rev_list_decode(out, o, e) == -1)
		return ac_under(e, "%s", name);
	if (out->list.size != a->reg.size)
		return err_set(e, ERR_STRUCTURE, "%s.revocationList: %u entries, the registry has %u", name, out->list.size, a->reg.size);
	out->list.issuance = a->reg.issuance;
	return 0;
}

static int
read_old(struct fork_job *j, struct asked *a, struct err *e)
{
	struct json_object *state, *list;
	int got = field_object(j, "old_state", &state, e);

	if (got <= 0)
		return got;
	if (need_object(j, "old_status_list", &list, e) == -1 || read_list(a, "old_status_list", list, &a->old, e) == -1)
		return -1;
	if (ac_rev_state_decode(&a->state, state, e) == -1)
		return ac_under(e, "old_state");
	if (!g2_equal(&a->state.accum, &a->old.accum))
		return err_set(e, ERR_STRUCTURE, "old_state.accum: not that of old_status_list");
	a->has_old = true;
	return 0;
}

static int
read_asked(struct fork_job *j, struct asked *a, struct err *e)
{
	struct json_object *reg, *list;
	int64_t index = 0;

	if (need_object(j, "rev_reg_def", &reg, e) == -1 || need_object(j, "status_list", &list, e) == -1 ||
	    field_int(j, "index", 1, ACCUM_SIZE_MAX, &index, e) == -1)
		return -1;
	a->index = (uint32_t)index;
	if (ac_rev_reg_decode(&a->reg, reg, e) == -1)
		return ac_under(e, "rev_reg_def");
	if (read_list(a, "status_list", list, &a->list, e) == -1)
		return -1;
	if (!a->list.has_timestamp)
		return err_set(e, ERR_STRUCTURE, "status_list.timestamp: missing");
	return read_old(j, a, e);
}

/* compute: from the older witness by what has changed, else from nothing. */
static int
compute(const struct asked *a, const struct tails *t, struct ac_rev_state *out, struct err *e)
{
	CLEANUP(accum_delta_release) struct accum_delta d = ACCUM_DELTA_INIT;

	out->accum = a->list.accum;
	out->timestamp = a->list.timestamp;
	if (!a->has_old)
		return accum_witness_new(&out->witness, a->index, &a->list.list, t, e);
	if (a->index >= a->reg.size)
		return err_set(e, ERR_REVOCATION_ID, "index: the registry has 1 to %u", a->reg.size - 1);
	if (!accum_list_counts(&a->list.list, a->index))	/* also where the older list had it revoked: no delta would tell */
		return err_set(e, ERR_REVOKED, "index: %u is revoked in status_list", a->index);
	if (accum_delta_between(&d, &a->old.list, &a->list.list, e) == -1)
		return -1;
	out->witness = a->state.witness;
	return accum_witness_update(&out->witness, a->index, a->reg.size, &d, t, e);
}

/* tails_here: the job's file, which is of the registry's hash. */
static int
tails_here(struct fork_job *j, const struct asked *a, struct tails *t, struct err *e)
{
	CLEANUP(cleanup_close) int fd = fork_file_in(j, "tails", e);

	if (fd == -1)
		return e->code != ERR_NOT_FOUND ? -1 :
		    err_set(e, ERR_TAILS_MISMATCH, "tails: this node has no file of that hash: upload it to /api/v1/credentials/tails/%s", a->reg.tails_hash);
	return tails_map(t, fd, a->reg.size, a->reg.tails_hash, e);
}

static int
revocation_state(struct fork_job *j, struct err *e)
{
	CLEANUP(asked_release) struct asked a = ASKED_INIT;
	CLEANUP(tails_release) struct tails t = TAILS_INIT;
	struct ac_rev_state state;

	if (read_asked(j, &a, e) == -1 || tails_here(j, &a, &t, e) == -1)
		return -1;
	fork_progress(j, "witness", 0, 0, "points");
	if (compute(&a, &t, &state, e) == -1)
		return -1;
	return fork_private_result(j, 200, ac_rev_state_encode(&state), e);
}

const struct fork_kind x_revocation_state = { .name = "holder.revocation_state", .run = revocation_state };
