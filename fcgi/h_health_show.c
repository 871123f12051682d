/*
 * GET /health and /healthz: this process answers.  Nothing else is looked at:
 * whether work can be done is what /readyz says.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/clock.h"
#include "../lib/base/json.h"
#include "handler.h"

static int64_t started_us;

__attribute__((constructor)) static void
note_start(void)
{
	started_us = clock_mono_us();
}

static int
health_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();

	(void)rq;
	(void)call;
	(void)e;
	json_add_str(o, "status", "healthy");
	resp_json(rs, o);
	resp_done(rs);
	return 0;
}

static int
healthz_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();

	(void)rq;
	(void)call;
	(void)e;
	json_add_str(o, "status", "ok");
	json_add_i64(o, "uptime_s", (clock_mono_us() - started_us) / 1000000);
	resp_json(rs, o);
	resp_done(rs);
	return 0;
}

const struct handler h_health = { .begin = health_begin };
const struct handler h_healthz = { .begin = healthz_begin };
