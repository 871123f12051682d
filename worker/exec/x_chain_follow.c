/*
 * chain.follow: what the lease contract said since the cursor.
 *
 * Works in ranges of blocks that are old enough.  The hash of a range's last
 * block is asked before and after the range is read: if it is the same, all that
 * was read between belongs to that block's past.  Whatever a node says wrongly is
 * a word in the result, not a failure of the job: the next job tries again.
 */
#include "x_chain_follow.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/kind/k_chain_follow.h"
#include "evm.h"

#define STEPS_MAX	16		/* ranges of one job */
#define STEPS_US	60000000	/* after this long no further range is begun */
#define LEASES_MAX	2000		/* of one range, and of one job */

/* A lease that a range speaks of. */
struct touched {
	uint8_t	id[LEASE_ID_LEN];
	int64_t	approved, executed;	/* place of its last such event, from 1; 0: none */
};
struct follow {
	const struct chain_args *a;
	struct xio *io;
	struct evm node;
	int64_t	head, cursor, range;
	const char *status;		/* NULL: of the error */
	struct json_object *result, *steps;
	struct touched touched[LEASES_MAX];
	size_t	n_touched, n_leases;
};

static int
heed(void *arg, struct err *e)
{
	return xio_wait(arg, 0, e);
}

/* ---- one range ---------------------------------------------------------- */

static struct touched *
touch(struct follow *f, const uint8_t id[LEASE_ID_LEN], struct err *e)
{
	for (size_t i = 0; i < f->n_touched; i++)
		if (memcmp(f->touched[i].id, id, LEASE_ID_LEN) == 0)
			return &f->touched[i];
	if (f->n_touched == LEASES_MAX) {
		err_set(e, ERR_LIMIT, "over %d leases in one range", LEASES_MAX);
		return NULL;
	}
	memcpy(f->touched[f->n_touched].id, id, LEASE_ID_LEN);
	f->touched[f->n_touched].approved = f->touched[f->n_touched].executed = 0;
	return &f->touched[f->n_touched++];
}

/* take_logs: which leases the range speaks of; in the order of the chain. */
static int
take_logs(struct follow *f, int64_t from, int64_t to, struct err *e)
{
	CLEANUP(json_put) struct json_object *root = NULL;
	struct lease_log l, last = { .block = -1 };
	struct json_object *list;

	if (evm_logs(&f->node, f->a->contract, from, to, &root, &list, e) == -1)
		return -1;
	f->n_touched = 0;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct touched *t;

		if (lease_log_read(&l, json_object_array_get_idx(list, i), f->a->contract, from, to, e) == -1)
			return err_wrap(e, "eth_getLogs: %zu", i);
		if (l.block < last.block || (l.block == last.block && l.index <= last.index))
			return err_set(e, ERR_PROTO, "eth_getLogs: %zu: out of order", i);
		last = l;
		t = touch(f, l.id, e);
		if (t == NULL)
			return -1;
		if (l.event == LEASE_APPROVED)
			t->approved = (int64_t)i + 1;
		if (l.event == LEASE_EXECUTED)
			t->executed = (int64_t)i + 1;
	}
	return 0;
}

static void
add_hex(struct json_object *o, const char *key, const uint8_t *p, size_t n)
{
	char text[HEX_LEN(RPC_HASH_LEN)];

	hex_encode(text, p, n);
	json_add_str(o, key, text);
}

static void
add_address(struct json_object *o, const char *key, const uint8_t p[RPC_ADDRESS_LEN])
{
	char text[2 + HEX_LEN(RPC_ADDRESS_LEN)] = "0x";

	hex_encode(text + 2, p, RPC_ADDRESS_LEN);
	json_add_str(o, key, text);
}

static struct json_object *
lease_json(const struct touched *t, bool found, const struct lease_state *s)
{
	struct json_object *o = json_object_new_object();

	add_hex(o, "id", t->id, LEASE_ID_LEN);
	json_add_bool(o, "found", found);
	if (!found)
		return o;
	json_add_i64(o, "words", s->words);
	add_address(o, "spender", s->spender);
	add_address(o, "earner", s->earner);
	add_hex(o, "product", s->product, sizeof(s->product));
	json_add_str(o, "price", s->price);
	json_add_str(o, "max_price", s->max_price);
	json_add_bool(o, "approved", s->approved);
	json_add_bool(o, "executed", s->executed);
	/* approved within this very range, and executed only after that */
	json_add_bool(o, "executed_after", s->executed && t->approved > 0 && t->executed > t->approved);
	json_add_bool(o, "disputed", s->disputed);
	json_add_bool(o, "finalized", s->finalized);
	json_add_i64(o, "created_at", s->created_at);
	return o;
}

static int
read_leases(struct follow *f, int64_t to, struct json_object *leases, struct err *e)
{
	struct lease_state s;
	int rc;

	for (size_t i = 0; i < f->n_touched; i++) {
		rc = evm_lease(&f->node, f->a->contract, f->touched[i].id, to, &s, e);
		if (rc == -1)
			return -1;
		json_object_array_add(leases, lease_json(&f->touched[i], rc == 1, &s));
	}
	return 0;
}

/* read_range: 1 when the range is in the result, 0 when the chain moved under
 * it, -1. */
static int
read_range(struct follow *f, int64_t to, struct err *e)
{
	CLEANUP(json_put) struct json_object *step = json_object_new_object();
	struct json_object *leases = json_object_new_array();
	uint8_t before[RPC_HASH_LEN], after[RPC_HASH_LEN];

	json_add(step, "leases", leases);
	if (evm_block_hash(&f->node, to, before, e) == -1 || take_logs(f, f->cursor + 1, to, e) == -1 ||
	    read_leases(f, to, leases, e) == -1 || evm_block_hash(&f->node, to, after, e) == -1)
		return -1;
	if (memcmp(before, after, sizeof(before)) != 0)
		return 0;
	json_add_i64(step, "to", to);
	add_hex(step, "hash", after, sizeof(after));
	json_object_array_add(f->steps, STEAL(step));
	f->n_leases += f->n_touched;
	f->cursor = to;
	return 1;
}

/* ---- one look ----------------------------------------------------------- */

static int
wrong(struct follow *f, const char *status, struct err *e, const char *why)
{
	f->status = status;
	return err_set(e, ERR_PROTO, "%s", why);
}

/* find_ground: the newest block that we knew and the node still has: all above
 * it is undone. */
static int
find_ground(struct follow *f, struct err *e)
{
	uint8_t hash[RPC_HASH_LEN];

	for (size_t i = 0; i < f->a->n_known; i++) {
		const struct chain_block *b = &f->a->known[i];

		if (evm_block_hash(&f->node, b->number, hash, e) == -1)
			return -1;
		if (memcmp(hash, b->hash, sizeof(hash)) != 0)
			continue;
		if (i > 0) {
			json_add_i64(f->result, "rewind", b->number);
			f->cursor = b->number;
		}
		return 0;
	}
	if (f->a->n_known == 0)
		return 0;
	return wrong(f, "deep_reorg", e, "no block that we remember is on the chain any more");
}

/* too_much: the node may do with fewer blocks. */
static bool
too_much(const struct err *e)
{
	return e->code == ERR_POLICY || e->code == ERR_LIMIT || e->code == ERR_TIMEOUT;
}

static int
read_ranges(struct follow *f, int64_t safe, struct err *e)
{
	int64_t until = clock_mono_us() + STEPS_US;

	while (f->cursor < safe && json_object_array_length(f->steps) < STEPS_MAX &&
	    f->n_leases < LEASES_MAX && clock_mono_us() < until) {
		int64_t blocks = safe - f->cursor < f->range ? safe - f->cursor : f->range;
		struct err why = ERR_INIT;
		int rc = read_range(f, f->cursor + blocks, &why);

		if (rc == 0)
			return wrong(f, "moved", e, "the chain changed while it was read");
		if (rc == -1 && (!too_much(&why) || blocks == 1)) {
			*e = why;
			return -1;
		}
		if (rc == -1)
			f->range = blocks / 2;
	}
	return 0;
}

static int
look(struct follow *f, struct err *e)
{
	int64_t id, safe;

	if (evm_chain_id(&f->node, &id, e) == -1)
		return -1;
	if (id != f->a->chain_id)
		return wrong(f, "wrong_chain", e, "the node is on another chain");
	if (evm_head(&f->node, &f->head, e) == -1)
		return -1;
	json_add_i64(f->result, "head", f->head);
	safe = f->head - f->a->confirmations;
	if (safe < f->cursor)
		return wrong(f, "lagging", e, "the node is behind what we have seen");
	return find_ground(f, e) == -1 ? -1 : read_ranges(f, safe, e);
}

/* ---- the job ------------------------------------------------------------ */

static const char *
status_of(const struct err *e)
{
	static const struct { enum err_code code; const char *word; } words[] = {
		{ ERR_CONFIG, "not_configured" }, { ERR_SYS, "unreachable" },
		{ ERR_TIMEOUT, "unreachable" }, { ERR_POLICY, "refused" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].code == e->code)
			return words[i].word;
	return "garbled";
}

/* is_end: the job itself is over. */
static bool
is_end(const struct xio *io, const struct err *e)
{
	return e->code == ERR_CANCELLED || clock_mono_us() >= io->deadline_us;
}

static int
follow(struct follow *f, struct err *e)
{
	struct err why = ERR_INIT;

	if (evm_init(&f->node, f->io->outside.evm_rpc_file, f->a->chain, heed, f->io, &why) == 0 &&
	    look(f, &why) == 0) {
		json_add_str(f->result, "status", "ok");
		return 0;
	}
	if (is_end(f->io, &why)) {
		*e = why;
		return -1;
	}
	json_add_str(f->result, "status", f->status != NULL ? f->status : status_of(&why));
	json_add_str(f->result, "why", why.msg);
	return 0;
}

static int
chain_follow_run(const void *args, struct xio *io, struct err *e)
{
	const struct chain_args *a = args;
	struct follow *f = calloc(1, sizeof(*f));
	int rc;

	if (f == NULL)
		abort();
	f->a = a;
	f->io = io;
	f->cursor = a->cursor;
	f->range = a->range;
	f->result = json_object_new_object();
	f->steps = json_object_new_array();
	json_add(f->result, "steps", f->steps);
	rc = follow(f, e);
	evm_release(&f->node);
	if (rc == 0)
		xio_result(io, STEAL(f->result));
	json_put(&f->result);
	free(f);
	return rc;
}

const struct executor x_chain_follow = { .kind = &k_chain_follow, .run = chain_follow_run };
