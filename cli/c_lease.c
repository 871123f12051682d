/*
 * Leases: a consumer asks, an owner decides; either looks.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "job.h"
#include "show.h"
#include "when.h"

const struct opt reason_opts[] = {
	{ "reason", "TEXT", false, "shown to the other side" },
	{ .name = NULL },
};
const struct opt lease_request_opts[] = {
	{ "price", "AMOUNT", false, "the most you would pay" },
	{ "duration", "TIME", false, "how long: 30d, 12h, 15m, 90s" },
	{ .name = NULL },
};
const struct opt lease_list_opts[] = {
	{ "state", "STATE", false, "pending, approved, rejected, revoked or expired" },
	{ "consumer", "ID", false, "given to this one" },
	{ "asset", "ASSET", false, "covering this one" },
	OPT_LIMIT,
	{ .name = NULL },
};
#define OPT_TERMS \
	{ "runs", "N", false, "runs it is good for; no limit when absent" }, \
	{ "limit", "NAME=N", true, "the most a job may ask for: memory_mb, wall_s, …" }, \
	{ "max-priority", "N", false, "highest priority of its jobs (0)" }
const struct opt lease_grant_opts[] = {
	{ "to", "WHO", false, "peer id or principal id of the consumer" },
	{ "asset", "ASSET", true, "covers this asset" },
	{ "product", "DID", false, "or what this product covers" },
	{ "expires", "TIME", false, "30d, 12h, or 2026-01-31T12:00:00Z" },
	{ "for-spender", "ADDRESS", false, "execute must name this address" },
	{ "id", "NAME", false, "a name for it, instead of one made up" },
	OPT_TERMS,
	{ .name = NULL },
};
const struct opt lease_approve_opts[] = {
	{ "price", "AMOUNT", false, "the price agreed" },
	OPT_TERMS,
	{ .name = NULL },
};

const struct opt lease_settle_opts[] = {
	{ "dispute", "ID", false, "only this one, not all that are open" },
	{ "note", "TEXT", false, "shown to the other side" },
	{ .name = NULL },
};

int
c_lease_request(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	const char *price, *duration;

	if (args_need(a, "price", &price, e) == -1 || args_need(a, "duration", &duration, e) == -1)
		return -1;
	json_add_str(body, "productId", a->pos[0]);
	json_add_str(body, "maxPrice", price);
	json_add_str(body, "duration", duration);
	buf_adds(&t, "/api/v1/leases");
	return show_call(c, "POST", &t, body, e);
}

int
c_lease_list(struct cli *c, const struct args *a, struct err *e)
{
	static const struct column columns[] = {
		{ "LEASE", "lease_id|proposal_id", COL_TEXT }, { "STATE", "state", COL_TEXT },
		{ "PRODUCT", "productId", COL_TEXT },
		{ "ASSETS", "assets", COL_LIST }, { "CONSUMER", "consumer", COL_TEXT },
		{ "RUNS LEFT", "runs_left", COL_NUMBER }, { "EXPIRES", "expires_at", COL_TIME }, { .head = NULL },
	};
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	size_t max;

	if (show_max(a, &max, e) == -1)
		return -1;
	buf_adds(&t, "/api/v1/leases");
	target_query(&t, "state", args_str(a, "state"));
	target_query(&t, "consumer", args_str(a, "consumer"));
	target_query(&t, "asset", args_str(a, "asset"));
	return show_rows(c, &t, columns, max, e);
}

int
c_lease_show(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, "/api/v1/leases/%", a->pos[0]);
	return show_call(c, "GET", &t, NULL, e);
}

static int
add_terms(struct json_object *body, const struct args *a, struct err *e)
{
	if (opt_i64(body, "max_runs", a, "runs", 1, 1000000000, e) == -1 ||
	    opt_i64(body, "max_priority", a, "max-priority", -10, 10, e) == -1)
		return -1;
	return job_limits(body, "max_limits", a, e);
}

int
c_lease_grant(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	const char *to, *expires;
	char when[WHEN_MAX];

	if (args_need(a, "to", &to, e) == -1 || args_need(a, "expires", &expires, e) == -1 ||
	    when_rfc3339(when, expires, e) == -1)
		return -1;
	if (args_flag(a, "asset") == args_flag(a, "product"))
		return err_set(e, ERR_CONFIG, "either --asset or --product is needed");
	json_add_str(body, "consumer", to);
	json_add_str(body, "expires_at", when);
	opt_list(body, "assets", a, "asset");
	opt_str(body, "productId", a, "product");
	opt_str(body, "spender", a, "for-spender");
	opt_str(body, "lease_id", a, "id");
	if (add_terms(body, a, e) == -1)
		return -1;
	buf_adds(&t, "/api/v1/leases/grant");
	return show_call(c, "POST", &t, body, e);
}

int
c_lease_approve(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	opt_str(body, "price", a, "price");
	if (add_terms(body, a, e) == -1)
		return -1;
	target_path(&t, "/api/v1/leases/%/approve", a->pos[0]);
	return show_call(c, "POST", &t, body, e);
}

static int
decide(struct cli *c, const struct args *a, const char *pattern, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	opt_str(body, "reason", a, "reason");
	target_path(&t, pattern, a->pos[0]);
	return show_call(c, "POST", &t, body, e);
}

int
c_lease_reject(struct cli *c, const struct args *a, struct err *e)
{
	return decide(c, a, "/api/v1/leases/%/reject", e);
}

int
c_lease_revoke(struct cli *c, const struct args *a, struct err *e)
{
	return decide(c, a, "/api/v1/leases/%/revoke", e);
}

int
c_lease_dispute(struct cli *c, const struct args *a, struct err *e)
{
	const char *reason;

	if (args_need(a, "reason", &reason, e) == -1)
		return -1;
	return decide(c, a, "/api/v1/leases/%/dispute", e);
}

int
c_lease_settle(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	opt_str(body, "disputeId", a, "dispute");
	opt_str(body, "note", a, "note");
	target_path(&t, "/api/v1/leases/%/dispute/close", a->pos[0]);
	return show_call(c, "POST", &t, body, e);
}
