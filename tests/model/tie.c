/*
 * tie DSN SEED PATHS STEPS DEPTH
 * tie DSN "MOVE;MOVE:WORKER;..."
 * The rules of the model against the stored functions.  Each path is a job of its own under a data lease of its own;
 * after each step the job's place, counts, end, run and output, and what the
 * call answered, must be what the rules say.  Paths are all those of DEPTH steps
 * after the submit, then PATHS random ones of STEPS steps, the seed repeats; or
 * the one that is named.
 *
 * Workers call as darkroom_worker, clients as darkroom_fcgi, the operator as
 * darkroom_operator.  Time passes by setting the times of rows.
 */
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "life.h"
#include "life_rules.h"

#define ID_MAX	40
#define LINE_MAX_ 512
#define RARE	12		/* a rare move is taken one time in so many */

static PGconn *super, *client, *operator_, *worker[WORKERS];

/* ---- the database -------------------------------------------------------------- */

static PGconn *
open_as(const char *dsn, const char *role)
{
	char text[512];
	PGconn *c;

	snprintf(text, sizeof(text), "%s user=%s", dsn, role);
	c = PQconnectdb(text);
	if (PQstatus(c) != CONNECTION_OK) {
		fprintf(stderr, "%s", PQerrorMessage(c));
		exit(111);
	}
	PQclear(PQexec(c, "SET client_min_messages = error"));
	return c;
}

/* ask(c, out, ...): run one statement; out, of LINE_MAX_, gets its rows, a space between columns and "|" after rows. */
__attribute__((format(printf, 3, 4))) static void
ask(PGconn *c, char *out, const char *format, ...)
{
	char sql[2048];
	va_list ap;
	PGresult *r;
	size_t n = 0;

	va_start(ap, format);
	vsnprintf(sql, sizeof(sql), format, ap);
	va_end(ap);
	r = PQexec(c, sql);
	if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK) {
		printf("# %s\n# %s", sql, PQerrorMessage(c));
		snprintf(out, LINE_MAX_, "ERROR");
		PQclear(r);
		return;
	}
	out[0] = '\0';
	for (int i = 0; i < PQntuples(r); i++) {
		for (int k = 0; k < PQnfields(r) && n < LINE_MAX_; k++)
			n += (size_t)snprintf(out + n, LINE_MAX_ - n, "%s%s", k > 0 ? " " : "", PQgetvalue(r, i, k));
		if (n < LINE_MAX_)
			n += (size_t)snprintf(out + n, LINE_MAX_ - n, "|");
	}
	PQclear(r);
}

/* ---- one path -------------------------------------------------------------------- */

struct path {
	struct life s;
	char	lease[ID_MAX], job[ID_MAX];
	char	id[WORKERS][16];			/* of the worker's row */
	char	token[WORKERS][HANDS][ID_MAX];
	char	trace[64][48];
	int	n;
	bool	paused;
	char	wrong[2 * LINE_MAX_];
};

static const char *const states[] = { "?", "completed", "failed", "cancelled", "dead" };
static const char *const codes[WHY_MAX] = { "-", "NONZERO_EXIT", "INTERNAL", "SANDBOX_FAILED", "WORKER_LOST", "CANCELLED",
	"LEASE_REVOKED", "LEASE_EXPIRED", "QUEUE_EXPIRED", "TIMEOUT", "QUARANTINED" };
static const char *const outcomes[SAID_MAX] = { "?", "completed", "NONZERO_EXIT", "INTERNAL", "SANDBOX_FAILED", "WORKER_LOST" };

/* What tie.state should say. */
static void
expected(const struct path *p, char *out)
{
	const struct job *k = &p->s.job[0];
	char middle[80] = "- - -";

	if (k->place == DONE)
		snprintf(middle, sizeof(middle), "%s %d %s", states[k->end], k->crashes, codes[k->why]);
	else if (k->rows > 0)
		snprintf(middle, sizeof(middle), "%d %d %s", k->attempt, k->crashes, k->started ? "started" : "-");
	snprintf(out, LINE_MAX_, "%d %d %d %d %d %s %s %s|", k->rows, k->place == READY, k->place == LATER, k->place == LEASED,
	    k->place == DONE, middle, k->rows == 0 ? "-" : k->run == RUN_HELD ? "held" : k->run == RUN_USED ? "used" : "back",
	    k->result ? "shown" : "-");
}

static void
differs(struct path *p, const char *what, const char *got, const char *want)
{
	if (p->wrong[0] == '\0')
		snprintf(p->wrong, sizeof(p->wrong), "%s: got %.400s, want %.400s", what, got, want);
}

static void
same(struct path *p, const char *what, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		differs(p, what, got, want);
}

static void
sweep(struct path *p)
{
	char got[LINE_MAX_];

	(void)p;
	ask(worker[0], got, "SELECT * FROM api.sweep(0)");
}

/* ---- the steps: possible, and played on both ---------------------------------------- */

/* rare: what mostly ends a job or stops its lane is drawn less often in long paths. */
struct move {
	const char *name;
	bool	(*can)(const struct path *p, int w, int h);
	void	(*play)(struct path *p, int w, int h);
	bool	per_worker, per_hand, rare;
};

static bool always(const struct path *p, int w, int h) { (void)w; (void)h; return p->s.job[0].rows > 0; }
static bool is_up(const struct path *p, int w, int h) { (void)h; return p->s.up[w]; }
static bool is_down(const struct path *p, int w, int h) { (void)h; return !p->s.up[w]; }
static bool is_held(const struct path *p, int w, int h) { return p->s.hand[w][h].stage == H_HELD && p->s.hand[w][h].said == 0; }
static bool is_started(const struct path *p, int w, int h) { return p->s.hand[w][h].stage == H_STARTED && p->s.hand[w][h].said == 0; }
static bool in_doubt(const struct path *p, int w, int h) { return p->s.hand[w][h].said != 0; }
static bool is_later(const struct path *p, int w, int h) { (void)w; (void)h; return p->s.job[0].place == LATER; }
static bool not_past(const struct path *p, int w, int h) { (void)w; (void)h; return p->s.job[0].rows > 0 && !p->s.job[0].past; }
static bool not_expired(const struct path *p, int w, int h) { (void)w; (void)h; return !p->s.expired; }
static bool is_live(const struct path *p, int w, int h) { (void)h; return p->s.live[w]; }
static bool is_running(const struct path *p, int w, int h) { (void)w; (void)h; return p->s.job[0].place == LEASED && p->s.job[0].started; }

static void
play_submit(struct path *p, int w, int h)
{
	char got[LINE_MAX_], first[LINE_MAX_];

	(void)w;
	(void)h;
	life_submit(&p->s, 0);
	ask(client, got, "SELECT tie.submit('%s', '%s')", p->lease, p->lease);
	if (p->job[0] == '\0' && p->s.job[0].rows > 0) {
		ask(super, first, "SELECT tie.job('%s')", p->lease);
		snprintf(p->job, sizeof(p->job), "%.36s", first);
	}
	ask(super, first, "SELECT core.comp_id(public_id) FROM core.computation WHERE job_id = nullif('%s', '')::uuid", p->job);
	if (p->s.job[0].rows > 0)
		same(p, "the answer to a submit", got, first);
}

static int
free_hand(const struct path *p, int w)
{
	for (int h = 0; h < HANDS; h++)
		if (p->s.hand[w][h].stage == H_FREE)
			return h;
	return -1;
}

static bool
can_claim(const struct path *p, int w, int h)
{
	(void)h;
	return p->s.up[w] && free_hand(p, w) != -1;
}

static void
claim(struct path *p, int w, bool answered)
{
	char got[LINE_MAX_], want[LINE_MAX_] = "";
	int h = free_hand(p, w);
	bool handed = p->s.job[0].place == READY && p->s.live[w] && !p->paused && life_claim(&p->s, w, 0);

	ask(worker[w], got, "SELECT token FROM api.job_turn(%s, 1::smallint, '{}', '{}', '[]', 1, -1) WHERE what = 'claim' AND id = '%s'",
	    p->id[w], p->job);
	if ((got[0] != '\0') != handed) {
		snprintf(want, sizeof(want), "%s", handed ? "the job" : "nothing");
		differs(p, "what a claim is given", got, want);
	}
	if (!handed || !answered)
		return;
	p->s.hand[w][h] = (struct hand){ H_HELD, 0, 0, 1, p->s.job[0].attempt };
	snprintf(p->token[w][h], ID_MAX, "%.36s", got);
}

static void play_claim(struct path *p, int w, int h) { (void)h; claim(p, w, true); }
static void play_claim_lost(struct path *p, int w, int h) { (void)h; claim(p, w, false); }

static void
play_begin(struct path *p, int w, int h)
{
	char got[LINE_MAX_];

	life_phase(&p->s, w, h);
	p->s.hand[w][h].stage = H_STARTED;
	ask(worker[w], got, "SELECT ok FROM api.job_phase('{%s}', '{%s}', '{running}')", p->job, p->token[w][h]);
	same(p, "the answer to 'running'", got, p->s.hand[w][h].valid ? "t|" : "f|");
}

static void
finish(struct path *p, int w, int h, enum said what, bool answered)
{
	char got[LINE_MAX_];
	bool valid = p->s.hand[w][h].valid;

	life_finish(&p->s, w, h, what);
	ask(worker[w], got, "SELECT what FROM api.job_turn(%s, 1::smallint, '{%s}', '{%s}', tie.outcome('%s'), 0, -1)", p->id[w], p->job,
	    p->token[w][h], outcomes[what]);
	same(p, "the answer to a finish", got, valid ? "" : "fenced|");
	if (answered)
		p->s.hand[w][h] = (struct hand){ 0 };
	else
		p->s.hand[w][h].said = (uint8_t)what;
}

static void play_completed(struct path *p, int w, int h) { finish(p, w, h, SAID_COMPLETED, true); }
static void play_failed(struct path *p, int w, int h) { finish(p, w, h, SAID_FAILED, true); }
static void play_internal(struct path *p, int w, int h) { finish(p, w, h, SAID_INTERNAL, true); }
static void play_lost(struct path *p, int w, int h) { finish(p, w, h, SAID_LOST, true); }
static void play_unbegun(struct path *p, int w, int h) { finish(p, w, h, SAID_NO_SANDBOX, true); }
static void play_completed_doubt(struct path *p, int w, int h) { finish(p, w, h, SAID_COMPLETED, false); }
static void play_internal_doubt(struct path *p, int w, int h) { finish(p, w, h, SAID_INTERNAL, false); }
static void play_again(struct path *p, int w, int h) { finish(p, w, h, p->s.hand[w][h].said, true); }

static void
play_give_back(struct path *p, int w, int h)
{
	char got[LINE_MAX_];
	bool valid = p->s.hand[w][h].valid;

	life_give_back(&p->s, w, h);
	ask(worker[w], got, "SELECT api.job_give_back('{%s}', '{%s}', 'test')", p->job, p->token[w][h]);
	same(p, "the answer to a return", got, valid ? "1|" : "0|");
	p->s.hand[w][h] = (struct hand){ 0 };
}

static void
beat(struct path *p, int w, bool old)
{
	char got[LINE_MAX_], tokens[HANDS * ID_MAX] = "";
	size_t n = 0;
	int lost = 0, told = 0;

	if (old) {
		ask(super, got, "UPDATE core.lease SET claimed_at = claimed_at - interval '1 min' WHERE worker = %s", p->id[w]);
		if (p->s.live[w])
			life_strays(&p->s, w);
	}
	for (int h = 0; h < HANDS; h++)
		if (p->s.hand[w][h].stage != H_FREE) {
			n += (size_t)snprintf(tokens + n, sizeof(tokens) - n, "%s%s", n > 0 ? "," : "", p->token[w][h]);
			lost += !p->s.hand[w][h].valid;
		}
	ask(worker[w], got, "SELECT what FROM api.worker_beat(%s, '{%s}', '{}', '{}', false)", p->id[w], tokens);
	for (const char *at = got; (at = strstr(at, "lost")) != NULL; at += 4)
		told++;
	if ((strstr(got, "gone") != NULL) == p->s.live[w] || (p->s.live[w] && told != lost))
		differs(p, "the answer to a beat", got, p->s.live[w] ? "lost for each dead token" : "gone");
	for (int h = 0; h < HANDS; h++)
		if (!p->s.live[w] || !p->s.hand[w][h].valid)
			p->s.hand[w][h] = (struct hand){ 0 };
	p->s.up[w] &= p->s.live[w];
}

static void play_beat(struct path *p, int w, int h) { (void)h; beat(p, w, false); }
static void play_beat_old(struct path *p, int w, int h) { (void)h; beat(p, w, true); }

static void
play_kill(struct path *p, int w, int h)
{
	(void)h;
	memset(p->s.hand[w], 0, sizeof(p->s.hand[w]));
	p->s.up[w] = 0;
}

static void
play_join(struct path *p, int w, int h)
{
	char got[LINE_MAX_];

	(void)h;
	life_join(&p->s, w);
	ask(worker[w], got, "SELECT api.worker_join('tie', %d, 'v', '{\"compute\": 1}', '{}')", w + 1);
	snprintf(p->id[w], sizeof(p->id[w]), "%.*s", (int)strcspn(got, "|"), got);
}

static bool
can_leave(const struct path *p, int w, int h)
{
	(void)h;
	for (int i = 0; i < HANDS; i++)
		if (p->s.hand[w][i].stage == H_STARTED && p->s.hand[w][i].valid && !p->s.job[0].started)
			return false;
	return p->s.up[w] && p->s.live[w];
}

static void
play_leave(struct path *p, int w, int h)
{
	char got[LINE_MAX_];

	(void)h;
	life_leave(&p->s, w);
	ask(worker[w], got, "SELECT api.worker_leave(%s)", p->id[w]);
}

static void
play_give_up(struct path *p, int w, int h)
{
	char got[LINE_MAX_];

	(void)h;
	p->s.live[w] = 0;
	life_reap(&p->s);
	ask(super, got, "UPDATE core.worker SET beat = beat - interval '1 h' WHERE id = %s", p->id[w]);
	sweep(p);
}

static void
play_promote(struct path *p, int w, int h)
{
	char got[LINE_MAX_];

	(void)w;
	(void)h;
	life_promote(&p->s, 0);
	ask(super, got, "UPDATE core.later SET due = clock_timestamp() - interval '1 s' WHERE id = '%s'", p->job);
	sweep(p);
}

static void
play_expire(struct path *p, int w, int h)
{
	char got[LINE_MAX_];

	(void)w;
	(void)h;
	life_expire(&p->s, 0);
	ask(super, got, "UPDATE core.job SET expires_at = clock_timestamp() WHERE id = '%s'", p->job);
	sweep(p);
}

static void
play_cancel(struct path *p, int w, int h)
{
	char got[LINE_MAX_];

	(void)w;
	(void)h;
	life_final(&p->s, 0, CANCELLED, CANCELLED_BY);
	ask(operator_, got, "SELECT api.job_cancel_by_operator('%s')", p->job);
}

static void
play_overdue(struct path *p, int w, int h)
{
	char got[LINE_MAX_];

	(void)w;
	(void)h;
	life_final(&p->s, 0, FAILED, TIMEOUT_);
	ask(super, got, "UPDATE core.lease SET deadline = clock_timestamp() - interval '2 min' WHERE id = '%s'", p->job);
	sweep(p);
}

static void
play_revoke(struct path *p, int w, int h)
{
	char got[LINE_MAX_];

	(void)w;
	(void)h;
	life_revoke(&p->s);
	ask(client, got, "SELECT tie.revoke('%s')", p->lease);
	same(p, "the answer to a revocation", got, "200|");
}

static void
play_lease_ends(struct path *p, int w, int h)
{
	char got[LINE_MAX_];

	(void)w;
	(void)h;
	p->s.expired = 1;
	ask(super, got, "UPDATE core.data_lease SET expires_at = clock_timestamp() WHERE lease_id = '%s'", p->lease);
}

static void
play_pause(struct path *p, int w, int h)
{
	char got[LINE_MAX_];

	(void)w;
	(void)h;
	p->paused = !p->paused;
	ask(operator_, got, "SELECT api.lane_%s('compute')", p->paused ? "pause" : "resume");
}

static const struct move moves[] = {
	{ "submit again", always, play_submit, false, false, true },
	{ "claim", can_claim, play_claim, true, false, false },
	{ "claim, answer lost", can_claim, play_claim_lost, true, false, false },
	{ "begin", is_held, play_begin, true, true, false },
	{ "give back", is_held, play_give_back, true, true, false },
	{ "no sandbox", is_held, play_unbegun, true, true, false },
	{ "completed", is_started, play_completed, true, true, true },
	{ "failed", is_started, play_failed, true, true, true },
	{ "internal", is_started, play_internal, true, true, false },
	{ "lost", is_started, play_lost, true, true, false },
	{ "completed, answer lost", is_started, play_completed_doubt, true, true, true },
	{ "internal, answer lost", is_started, play_internal_doubt, true, true, false },
	{ "finish again", in_doubt, play_again, true, true, false },
	{ "beat", is_up, play_beat, true, false, false },
	{ "beat, strays old", is_up, play_beat_old, true, false, false },
	{ "kill", is_up, play_kill, true, false, false },
	{ "join", is_down, play_join, true, false, false },
	{ "leave", can_leave, play_leave, true, false, true },
	{ "given up", is_live, play_give_up, true, false, false },
	{ "promote", is_later, play_promote, false, false, false },
	{ "expire", not_past, play_expire, false, false, true },
	{ "cancel", always, play_cancel, false, false, true },
	{ "overdue", is_running, play_overdue, false, false, true },
	{ "revoke", always, play_revoke, false, false, true },
	{ "data lease ends", not_expired, play_lease_ends, false, false, true },
	{ "pause or resume", always, play_pause, false, false, true },
};
#define MOVES (sizeof(moves) / sizeof(moves[0]))

struct choice { const struct move *m; int w, h; };

static size_t
choices(const struct path *p, struct choice *out)
{
	size_t n = 0;

	for (size_t i = 0; i < MOVES; i++)
		for (int w = 0; w < (moves[i].per_worker ? WORKERS : 1); w++)
			for (int h = 0; h < (moves[i].per_hand ? HANDS : 1); h++)
				if (moves[i].can(p, w, h))
					out[n++] = (struct choice){ &moves[i], w, h };
	return n;
}

static void
compare(struct path *p)
{
	char got[LINE_MAX_], want[LINE_MAX_];

	ask(super, got, "SELECT tie.state('%s')", p->lease);
	expected(p, want);
	same(p, "the job", got, want);
}

static void
play(struct path *p, const struct choice *c)
{
	snprintf(p->trace[p->n++], sizeof(p->trace[0]), "%s%s%.0d", c->m->name, c->m->per_worker ? " by worker " : "",
	    c->m->per_worker ? c->w + 1 : 0);
	c->m->play(p, c->w, c->h);
	compare(p);
}

static void
begin(struct path *p)
{
	static int n;
	char got[LINE_MAX_];

	*p = (struct path){ .n = 0 };
	snprintf(p->lease, sizeof(p->lease), "T%d-%d", (int)PQbackendPID(super), ++n);
	ask(client, got, "SELECT tie.grant_lease('%s')", p->lease);
	same(p, "a grant", got, "201|");
	for (int w = 0; w < WORKERS; w++)
		play_join(p, w, 0);
	play(p, &(struct choice){ &moves[0], 0, 0 });
}

/* end(p): leave the lane empty for the next; 0, or 1 with the path told. */
static int
end(struct path *p)
{
	char got[LINE_MAX_];

	ask(operator_, got, "SELECT api.job_cancel_by_operator('%s')", p->job);
	if (p->paused)
		ask(operator_, got, "SELECT api.lane_resume('compute')");
	if (p->wrong[0] == '\0')
		return 0;
	printf("# %s\n", p->wrong);
	for (int i = 0; i < p->n; i++)
		printf("#   %s\n", p->trace[i]);
	return 1;
}

/* every(depth, ...): each path of that many steps, replayed from its beginning. */
static size_t
every(int depth, size_t *steps)
{
	size_t at[16] = { 0 }, n, paths = 0;
	struct choice list[MOVES * WORKERS * HANDS];
	struct path p;
	int d;

	for (;;) {
		begin(&p);
		for (d = 0; d < depth && p.wrong[0] == '\0'; d++) {
			n = choices(&p, list);
			if (at[d] >= n)
				break;
			play(&p, &list[at[d]]);
			++*steps;
		}
		if (end(&p) != 0)
			return 0;
		paths += d == depth;
		/* the last step that has a sibling */
		if (d == depth) {
			at[--d]++;
			continue;
		}
		if (d == 0)
			return paths;
		at[d] = 0;
		at[d - 1]++;
	}
}

static bool
walk(int steps)
{
	struct choice list[MOVES * WORKERS * HANDS];
	struct path p;

	begin(&p);
	for (int i = 0; i < steps && p.wrong[0] == '\0'; i++) {
		size_t n = choices(&p, list), k;

		do
			k = (size_t)random() % n;
		while (list[k].m->rare && random() % RARE != 0);
		play(&p, &list[k]);
	}
	return end(&p) == 0;
}

/* find(p, c, word): the possible move that word names, "NAME" or "NAME:WORKER". */
static bool
find(const struct path *p, struct choice *c, const char *word)
{
	struct choice list[MOVES * WORKERS * HANDS];
	const char *colon = strchr(word, ':');
	size_t len = colon != NULL ? (size_t)(colon - word) : strlen(word), n = choices(p, list);
	int w = colon != NULL ? colon[1] - '0' : 0;

	for (size_t i = 0; i < n; i++)
		if (strlen(list[i].m->name) == len && strncmp(list[i].m->name, word, len) == 0 && list[i].w == w) {
			*c = list[i];
			return true;
		}
	return false;
}

/* named_path(text): play it; 0, 1 when the functions differ, 100 when a move is not possible. */
static int
named_path(char *text)
{
	struct path p;
	struct choice c;
	char *word;

	begin(&p);
	while ((word = strsep(&text, ";")) != NULL && p.wrong[0] == '\0') {
		if (!find(&p, &c, word)) {
			printf("# not possible: %s\n", word);
			return 100;
		}
		play(&p, &c);
	}
	return end(&p);
}

static void
connect_all(const char *dsn)
{
	super = open_as(dsn, "postgres");
	client = open_as(dsn, "darkroom_fcgi");
	operator_ = open_as(dsn, "darkroom_operator");
	for (int w = 0; w < WORKERS; w++)
		worker[w] = open_as(dsn, "darkroom_worker");
}

int
main(int argc, char **argv)
{
	unsigned seed;
	int paths, length, depth, i = 0;
	size_t n = 0, steps = 0;

	if (argc != 3 && argc != 6) {
		fprintf(stderr, "usage: tie DSN SEED PATHS STEPS DEPTH | tie DSN PATH\n");
		return 100;
	}
	connect_all(argv[1]);
	if (argc == 3)
		return named_path(argv[2]);
	seed = (unsigned)strtoul(argv[2], NULL, 10);
	paths = (int)strtol(argv[3], NULL, 10);
	length = (int)strtol(argv[4], NULL, 10);
	depth = (int)strtol(argv[5], NULL, 10);
	if (depth > 0) {
		n = every(depth, &steps);
		printf("%sok 1 - all paths of %d steps: %zu paths, %zu steps\n", n == 0 ? "not " : "", depth, n, steps);
	} else {
		printf("ok 1 - all paths # SKIP not asked for\n");
	}
	srandom(seed);
	while (i < paths && walk(length))
		i++;
	printf("%sok 2 - %d random paths of %d steps, seed %u\n1..2\n", i < paths ? "not " : "", i, length, seed);
	return (depth > 0 && n == 0) || i < paths;
}
