#include "canary.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/base/rand.h"
#include "../../lib/kind/k_system_canary.h"
#include "publish.h"
#include "worker.h"

#define MARKER_BYTES	16
#define ASK_AGAIN_MS	10000

void
canary_init(struct canary *c, struct worker *w)
{
	*c = (struct canary){ .worker = w };
}

static void
on_submitted(void *arg, const PGresult *res UNUSED, const struct err *e)
{
	struct canary *c = arg;

	c->busy = false;
	if (e != NULL && e->code == ERR_DB)
		log_warn("canary.refused", F_ERR(e));
	lane_kick(&c->worker->lanes[LANE_COMPUTE]);
}

static void
submit(struct canary *c)
{
	uint8_t marker[MARKER_BYTES];
	char text[HEX_LEN(MARKER_BYTES)], id[24];
	struct worker *w = c->worker;

	rand_bytes(marker, sizeof(marker));
	hex_encode(text, marker, sizeof(marker));
	snprintf(id, sizeof(id), "%lld", (long long)w->id);
	c->busy = true;
	c->asked_us = clock_mono_us();
	db_call(w->upkeep, ST_CANARY_SUBMIT, (const struct db_param[]){
	    P_TEXT(id), P_TEXT(text) }, 2, on_submitted, c);
	db_sync(w->upkeep);
}

void
canary_tick(struct canary *c)
{
	struct worker *w = c->worker;
	int64_t now = clock_mono_us();

	if (c->busy || lane_room(&w->lanes[LANE_COMPUTE]) == 0 || !db_up(w->upkeep))
		return;
	if (c->proved_us != 0 && now - c->proved_us < w->rules.canary_ms * 1000)
		return;
	if (c->asked_us != 0 && now - c->asked_us < ASK_AGAIN_MS * 1000)
		return;
	submit(c);
}

/* stdout_is: did the job print exactly the marker and a line feed? */
static bool
stdout_is(struct job *j, const char *marker)
{
	char have[CANARY_MARKER_MAX + 2], want[CANARY_MARKER_MAX + 2];
	CLEANUP(cleanup_close) int fd = publish_open(j, "stdout");
	ssize_t n;

	if (fd == -1)
		return false;
	n = read(fd, have, sizeof(have));
	snprintf(want, sizeof(want), "%s\n", marker);
	return n == (ssize_t)strlen(want) && memcmp(have, want, (size_t)n) == 0;
}

/* computed: a script ran to its end, be it a good one. */
static bool
computed(const struct job *j)
{
	static const char *const ends[] = { "EXCEPTION", "NONZERO_EXIT" };
	struct json_object *state = NULL, *reason = NULL;

	if (json_object_object_get_ex(j->outcome, "state", &state) && state != NULL &&
	    strcmp(json_object_get_string(state), "completed") == 0)
		return true;
	if (!json_object_object_get_ex(j->outcome, "reason", &reason) || reason == NULL)
		return false;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(json_object_get_string(reason), ends[i]) == 0)
			return true;
	return false;
}

void
canary_judge(struct canary *c, struct job *j)
{
	bool good = computed(j);

	if (j->lane != &c->worker->lanes[LANE_COMPUTE])
		return;
	if (j->kind == &k_system_canary) {
		const struct canary_args *a = j->args;

		good = good && stdout_is(j, a->marker);
		c->failed = !good;
		log_event(good ? LOG_DEBUG : LOG_ERROR,
		    good ? "canary.returned" : "canary.failed",
		    LOG_FIELDS(F_STR("job_id", j->id)));
		if (!good) {
			json_add_str(j->outcome, "state", "failed");
			json_add_str(j->outcome, "reason", "SANDBOX_FAILED");
		}
	}
	if (good) {
		c->proved_us = clock_mono_us();
		beat_prove(&c->worker->beat);
	}
}

const char *
canary_word(const struct canary *c)
{
	if (c->failed)
		return "failed";
	return c->proved_us != 0 ? "returned" : "none";
}
