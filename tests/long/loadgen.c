/*
 * loadgen: thousands of HTTP clients of one node, in one thread.
 *
 *	loadgen PORT HOST KEYS SECONDS SUBMITS READS CANCELS WAITERS MIX
 *
 * KEYS is a file of lines "TOKEN LEASE", one for each consumer.  Submits, reads
 * and cancels come at their rates (per second) whether the node keeps up or
 * not: a call's time counts from when it was due.  Each of WAITERS connections
 * waits for a job of its own (?wait=) and, once told of its end, for another;
 * cancels end jobs that somebody waits for.
 *
 * MIX says how long scripts are: "usual" (90 % 1 KiB, some 4 and 64 KiB, 0.2 %
 * 1 MiB: 4 KiB on average) or "wide" (any length from 1 KiB to 1 MiB, each
 * doubling as often as another: 151 KiB on average, a tenth never sent before).
 *
 * Prints one JSON object a second, {"t":S,"waiting":N,"late":N,"ops":{...}},
 * and a last one, {"final":...}, with all statuses and refusals.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define KEYS_MAX	256
#define POOL		2048		/* connections for submits, reads and cancels */
#define RING		16384		/* recent jobs */
#define ANSWER_MAX	(64 << 10)	/* bytes of an answer that are kept */
#define BODY_MAX	((1 << 20) + 1024)
#define SCRIPT_MIN	(1 << 10)	/* bytes of a comment */
#define SCRIPT_MAX	((1 << 20) - 512)
#define WAITS_TURN	20		/* waits begun each tick */
#define TICK_MS		10
#define SLOTS		1200		/* of a histogram: 2 % each, 1 us to 6 hours */
#define ANSWERS		64		/* distinct (operation, status, code) */

/* The last three are times that others take: a cancel until its waiter is told, a submit by its end. */
enum op { OP_SUBMIT, OP_READ, OP_CANCEL, OP_WAIT, OP_TOLD, OP_TAKEN, OP_REFUSED, OP_MAX };
static const char *const op_names[OP_MAX] = { "submit", "read", "cancel", "wait", "told", "taken", "refused" };

struct hist {
	unsigned n, slot[SLOTS];
	int64_t	max_us;
};
struct answer {			/* how often an operation was answered so */
	enum op	op;
	int	status;		/* 0: no answer */
	char	code[40];
	unsigned n;
};
struct job {
	char	id[64];
	int	key;
	unsigned number;	/* its place in the ring, before it is taken modulo */
	bool	over;		/* somebody was told of its end */
};
struct conn {
	int	fd;		/* -1: closed */
	enum op	op;
	bool	busy, waiter;
	struct job job;
	struct conn *whose;	/* of a cancel: who waits for that job */
	int64_t	due_us, cancelled_us;	/* cancelled_us: when somebody ended the job that is waited for */
	char	*out;
	size_t	out_len, out_sent;
	char	*in;
	size_t	in_len, in_size;
};
struct stream {			/* calls at a rate */
	double	rate;
	int64_t	begun;		/* calls so far */
};
static struct {
	int	epoll, n_keys;
	struct sockaddr_in to;
	const char *host;
	struct { char token[512], lease[128]; } keys[KEYS_MAX];
	struct conn *conns;	/* POOL, then waiters */
	size_t	n_waiters, n_open, n_waiting;
	int	idle[POOL], n_idle;
	struct job ring[RING];
	unsigned n_jobs;
	struct stream stream[OP_WAIT];
	struct hist second[OP_MAX], whole[OP_MAX];
	struct answer answers[ANSWERS];
	int	n_answers;
	int64_t	began_us;
	uint64_t random;
	char	*filler;	/* bytes of a comment */
	bool	wide;		/* MIX */
} g;

/* Scripts as they come: most are small, and most were sent before. */
static const struct { int per_mille; size_t bytes; bool fresh; } sizes[] = {
	{ 800, 1 << 10, false }, { 100, 1 << 10, true }, { 80, 4 << 10, false }, { 18, 64 << 10, false }, { 2, SCRIPT_MAX, false },
};

static void
die(const char *what)
{
	fprintf(stderr, "loadgen: %s: %s\n", what, strerror(errno));
	exit(111);
}

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static unsigned
draw(unsigned n)
{
	g.random ^= g.random << 13;
	g.random ^= g.random >> 7;
	g.random ^= g.random << 17;
	return (unsigned)(g.random >> 11) % n;
}

/* ---- figures ------------------------------------------------------------- */
static void
hist_add(struct hist *h, int64_t us)
{
	int i = us < 1 ? 0 : (int)(log((double)us) / log(1.02));

	h->slot[i < SLOTS ? i : SLOTS - 1]++;
	h->n++;
	if (us > h->max_us)
		h->max_us = us;
}

static double
hist_ms(const struct hist *h, double q)
{
	unsigned left = (unsigned)(h->n * q);

	for (int i = 0; i < SLOTS; i++) {
		if (h->slot[i] > left)
			return pow(1.02, i + 1) / 1000;
		left -= h->slot[i];
	}
	return (double)h->max_us / 1000;
}

static void
note_time(enum op op, int64_t us)
{
	hist_add(&g.second[op], us);
	hist_add(&g.whole[op], us);
}

static void
note_answer(enum op op, int status, const char *code, size_t n)
{
	struct answer *a;

	for (a = g.answers; a < g.answers + g.n_answers; a++)
		if (a->op == op && a->status == status && strlen(a->code) == n && memcmp(a->code, code, n) == 0)
			break;
	if (a == g.answers + g.n_answers) {
		if (g.n_answers == ANSWERS || n >= sizeof(a->code))
			return;
		*a = (struct answer){ .op = op, .status = status };
		memcpy(a->code, code, n);
		g.n_answers++;
	}
	a->n++;
}

static void
print_ops(const struct hist *h)
{
	fputs("\"ops\":{", stdout);
	for (int i = 0; i < OP_MAX; i++)
		printf("%s\"%s\":{\"n\":%u,\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f}", i > 0 ? "," : "", op_names[i],
		    h[i].n, hist_ms(&h[i], .5), hist_ms(&h[i], .99), hist_ms(&h[i], .999), (double)h[i].max_us / 1000);
	fputs("}", stdout);
}

static void
print_second(double t)
{
	int64_t late = 0;

	for (int i = 0; i < OP_WAIT; i++)
		late += (int64_t)(g.stream[i].rate * t) - g.stream[i].begun;
	printf("{\"t\":%.1f,\"waiting\":%zu,\"late\":%lld,", t, g.n_waiting, (long long)late);
	print_ops(g.second);
	puts("}");
	fflush(stdout);
	memset(g.second, 0, sizeof(g.second));
}

static void
print_final(void)
{
	int64_t now = now_us();
	unsigned untold = 0;

	for (size_t i = 0; i < g.n_waiters; i++)
		untold += g.conns[POOL + i].cancelled_us != 0 && now - g.conns[POOL + i].cancelled_us > 5000000;
	fputs("{\"final\":{", stdout);
	print_ops(g.whole);
	printf(",\"waiting\":%zu,\"untold\":%u,\"answers\":[", g.n_waiting, untold);
	for (int i = 0; i < g.n_answers; i++)
		printf("%s{\"op\":\"%s\",\"status\":%d,\"code\":\"%s\",\"n\":%u}", i > 0 ? "," : "",
		    op_names[g.answers[i].op], g.answers[i].status, g.answers[i].code, g.answers[i].n);
	puts("]}}");
}

/* ---- connections --------------------------------------------------------- */
static void
watch(struct conn *c, int how, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };

	if (epoll_ctl(g.epoll, how, c->fd, &ev) == -1)
		die("epoll_ctl");
}

static void
conn_close(struct conn *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
	c->in_len = 0;
}

static bool
conn_open(struct conn *c)
{
	static const int one = 1;

	if (c->fd != -1)
		return true;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd == -1)
		die("socket");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(c->fd, (struct sockaddr *)&g.to, sizeof(g.to)) == -1 && errno != EINPROGRESS) {
		conn_close(c);
		return false;
	}
	watch(c, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
	return true;
}

static void over(struct conn *c, int status);

static void
conn_send(struct conn *c)
{
	while (c->out_sent < c->out_len) {
		ssize_t n = send(c->fd, c->out + c->out_sent, c->out_len - c->out_sent, MSG_NOSIGNAL);

		if (n == -1 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN))
			break;
		if (n == -1) {
			over(c, 0);
			return;
		}
		c->out_sent += (size_t)n;
	}
	watch(c, EPOLL_CTL_MOD, c->out_sent < c->out_len ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

/* ---- requests ------------------------------------------------------------ */
static char *
out_room(struct conn *c, size_t n)
{
	free(c->out);
	c->out = malloc(n);
	if (c->out == NULL)
		die("malloc");
	c->out_sent = 0;
	return c->out;
}

/* How long the next script is, and which: sent before (a small number), or not. */
static size_t
script_draw(unsigned long long *number)
{
	unsigned roll = draw(1000), i = 0;
	bool fresh;
	size_t n;

	if (g.wide) {
		n = (size_t)(SCRIPT_MIN * pow((double)SCRIPT_MAX / SCRIPT_MIN, roll / 1000.0));
		fresh = draw(10) == 0;
		i = roll;
	} else {
		while (roll >= (unsigned)sizes[i].per_mille)
			roll -= (unsigned)sizes[i++].per_mille;
		n = sizes[i].bytes;
		fresh = sizes[i].fresh;
	}
	*number = fresh ? (unsigned long long)g.stream[OP_SUBMIT].begun + 1000 : i;
	return n;
}

static size_t
submit_body(char *p, size_t room, int key)
{
	unsigned long long number;
	size_t n = script_draw(&number);

	return (size_t)snprintf(p, room, "{\"lease_id\":\"%s\",\"code\":\"print(%llu) # %.*s\","
	    "\"inputs\":[{\"asset_id\":\"data_456\",\"variable_name\":\"v\"}]}", g.keys[key].lease, number, (int)n, g.filler);
}

/* Write the request that c->op and c->job say. */
static void
request(struct conn *c)
{
	static char body[BODY_MAX];
	const char *token = g.keys[c->job.key].token;
	size_t n = 0, room;

	if (c->op == OP_SUBMIT)
		n = submit_body(body, sizeof(body), c->job.key);
	else if (c->op == OP_CANCEL)
		n = (size_t)snprintf(body, sizeof(body), "{}");
	room = n + 2048;
	out_room(c, room);
	if (c->op == OP_SUBMIT || c->op == OP_CANCEL)
		c->out_len = (size_t)snprintf(c->out, room, "POST /api/v1/privacy/%s%s%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"
		    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", c->op == OP_SUBMIT ? "execute" : "results/",
		    c->op == OP_SUBMIT ? "" : c->job.id, c->op == OP_SUBMIT ? "" : "/cancel", g.host, token, n);
	else
		c->out_len = (size_t)snprintf(c->out, room, "GET /api/v1/privacy/results/%s%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n",
		    c->job.id, c->op == OP_WAIT ? "?wait=50" : "", g.host, token);
	memcpy(c->out + c->out_len, body, n);
	c->out_len += n;
}

static void
begin(struct conn *c, int64_t due_us)
{
	c->busy = true;
	c->due_us = due_us;
	request(c);
	if (!conn_open(c)) {
		over(c, 0);
		return;
	}
	conn_send(c);
}

/* A job that is not known to be over; NULL: none found. */
static const struct job *
open_job(void)
{
	for (int i = 0; i < 16 && g.n_jobs > 0; i++) {
		const struct job *j = &g.ring[draw(g.n_jobs < RING ? g.n_jobs : RING)];

		if (!j->over)
			return j;
	}
	return NULL;
}

static void
wait_for(struct conn *c, const struct job *j)
{
	c->op = OP_WAIT;
	c->job = *j;
	g.n_waiting++;
	begin(c, now_us());
}

/* ---- answers ------------------------------------------------------------- */
/* The text of a member, whatever white space is around its colon. */
static const char *
value(const char *in, const char *name, size_t *n)
{
	const char *p = strstr(in, name);

	if (p == NULL)
		return NULL;
	p += strlen(name);
	p += strspn(p, ": \"");
	*n = strcspn(p, "\"");
	return p;
}

static void
keep_job(struct conn *c)
{
	size_t n;
	const char *id = value(c->in, "\"computation_id\"", &n);
	struct job *j = &g.ring[g.n_jobs % RING];

	if (id == NULL || n >= sizeof(j->id))
		return;
	memcpy(j->id, id, n);
	j->id[n] = '\0';
	j->key = c->job.key;
	j->number = g.n_jobs++;
	j->over = false;
}

static void
told(struct conn *c, int64_t now)
{
	size_t n = 0;
	const char *status = value(c->in, "\"status\"", &n);
	struct job *j = &g.ring[c->job.number % RING];

	if (status == NULL || strncmp(status, "pending", n) == 0)
		return;
	if (j->number == c->job.number)
		j->over = true;
	if (c->cancelled_us != 0)
		note_time(OP_TOLD, now - c->cancelled_us);
}

/* over: a call has its answer (in c->in), or status 0: none will come. */
static void
over(struct conn *c, int status)
{
	int64_t now = now_us();
	size_t n = 0;
	const char *code = status >= 400 ? value(c->in, "\"code\"", &n) : NULL;

	note_answer(c->op, status, code != NULL ? code : "", code != NULL ? n : 0);
	note_time(c->op, now - c->due_us);
	if (c->op == OP_SUBMIT)
		note_time(status == 202 ? OP_TAKEN : OP_REFUSED, now - c->due_us);
	if (status == 202 && c->op == OP_SUBMIT)
		keep_job(c);
	if (status == 200 && c->op == OP_WAIT)
		told(c, now);
	if (status != 200 && c->op == OP_CANCEL && strcmp(c->whose->job.id, c->job.id) == 0)
		c->whose->cancelled_us = 0;
	if (status == 0)
		conn_close(c);
	c->busy = false;
	c->in_len = 0;
	if (c->waiter) {
		c->cancelled_us = 0;
		g.n_waiting--;		/* the tick begins it again */
	} else {
		g.idle[g.n_idle++] = (int)(c - g.conns);
	}
}

/* The whole answer is there: its status; 0: not yet. */
static int
answered(const struct conn *c)
{
	const char *head = strstr(c->in, "\r\n\r\n"), *p;

	if (head == NULL || strncmp(c->in, "HTTP/1.1 ", 9) != 0)
		return 0;
	p = strcasestr(c->in, "\r\nContent-Length:");
	if (p != NULL && p < head) {
		if (c->in_len < (size_t)(head + 4 - c->in) + strtoul(p + 17, NULL, 10))
			return 0;
	} else if (c->in_len < 5 || memcmp(c->in + c->in_len - 5, "0\r\n\r\n", 5) != 0) {
		return 0;
	}
	return (int)strtol(c->in + 9, NULL, 10);
}

static void
conn_read(struct conn *c)
{
	int status;
	ssize_t n;

	if (c->in_size - c->in_len < 4096 && c->in_size < ANSWER_MAX) {
		c->in_size = c->in_size == 0 ? 4096 : c->in_size * 2;
		c->in = realloc(c->in, c->in_size + 1);
		if (c->in == NULL)
			die("realloc");
	}
	n = recv(c->fd, c->in + c->in_len, c->in_size - c->in_len, 0);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		if (c->busy)
			over(c, 0);
		else
			conn_close(c);
		return;
	}
	c->in_len += (size_t)n;
	c->in[c->in_len] = '\0';
	status = answered(c);
	if (c->busy && status != 0) {
		bool last = strcasestr(c->in, "\r\nConnection: close") != NULL;

		over(c, status);
		if (last)
			conn_close(c);
	}
}

/* ---- the clock ----------------------------------------------------------- */
/* A waiter whose job nobody has ended yet. */
static struct conn *
waited_for(void)
{
	for (int i = 0; i < 16 && g.n_open > 0; i++) {
		struct conn *c = &g.conns[POOL + draw((unsigned)g.n_open)];

		if (c->busy && c->cancelled_us == 0)
			return c;
	}
	return NULL;
}

static bool
start_one(enum op op, int64_t due_us)
{
	struct conn *c = &g.conns[g.idle[g.n_idle - 1]], *w;

	c->op = op;
	if (op == OP_SUBMIT) {
		c->job.key = (int)draw((unsigned)g.n_keys);
	} else if (op == OP_CANCEL) {
		w = waited_for();
		if (w == NULL)
			return false;
		w->cancelled_us = now_us();
		c->whose = w;
		c->job = w->job;
	} else {
		if (g.n_jobs == 0)
			return false;
		c->job = g.ring[draw(g.n_jobs < RING ? g.n_jobs : RING)];
	}
	g.n_idle--;
	begin(c, due_us);
	return true;
}

/* Begin what is due; what finds no connection stays due. */
static void
tick(int64_t now)
{
	for (int op = 0; op < OP_WAIT; op++) {
		struct stream *s = &g.stream[op];
		int64_t due = (int64_t)(s->rate * (double)(now - g.began_us) / 1e6);

		for (; s->begun < due && g.n_idle > 0; s->begun++)
			if (!start_one(op, g.began_us + (int64_t)((double)s->begun * 1e6 / s->rate)) && op != OP_SUBMIT)
				continue;	/* nobody to cancel for, nothing to read: this one passes */
	}
	for (size_t i = 0, n = 0; i < g.n_waiters && n < WAITS_TURN; i++) {
		const struct job *j;

		if (g.conns[POOL + i].busy)
			continue;
		j = open_job();
		if (j == NULL)
			break;
		wait_for(&g.conns[POOL + i], j);
		g.n_open = g.n_open > i ? g.n_open : i + 1;
		n++;
	}
}

static void
handle(struct epoll_event *ev)
{
	struct conn *c = ev->data.ptr;

	if (c->fd != -1 && (ev->events & EPOLLOUT) != 0 && c->busy)
		conn_send(c);
	else if (c->fd != -1 && (ev->events & EPOLLOUT) != 0)
		watch(c, EPOLL_CTL_MOD, EPOLLIN);
	if (c->fd != -1 && (ev->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
		conn_read(c);
}

static void
run(double seconds)
{
	struct epoll_event evs[512];
	int64_t now = now_us(), next = now, second = now + 1000000;

	g.began_us = now;
	while ((double)(now - g.began_us) / 1e6 < seconds) {
		int n = epoll_wait(g.epoll, evs, 512, next > now ? (int)((next - now) / 1000) : 0);

		if (n == -1 && errno != EINTR)
			die("epoll_wait");
		for (int i = 0; i < n; i++)
			handle(&evs[i]);
		now = now_us();
		if (now >= next) {
			tick(now);
			next = now + TICK_MS * 1000;
		}
		if (now >= second) {
			print_second((double)(now - g.began_us) / 1e6);
			second += 1000000;
		}
	}
}

static void
read_keys(const char *path)
{
	FILE *f = fopen(path, "r");

	if (f == NULL)
		die(path);
	while (g.n_keys < KEYS_MAX && fscanf(f, "%511s %127s", g.keys[g.n_keys].token, g.keys[g.n_keys].lease) == 2)
		g.n_keys++;
	fclose(f);
	if (g.n_keys == 0)
		die("no keys");
}

int
main(int argc, char **argv)
{
	if (argc != 10 || (strcmp(argv[9], "usual") != 0 && strcmp(argv[9], "wide") != 0)) {
		fputs("usage: loadgen PORT HOST KEYS SECONDS SUBMITS READS CANCELS WAITERS usual|wide\n", stderr);
		return 100;
	}
	g.to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)strtol(argv[1], NULL, 10)),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	g.host = argv[2];
	read_keys(argv[3]);
	for (int i = 0; i < OP_WAIT; i++)
		g.stream[i].rate = strtod(argv[5 + i], NULL);
	g.n_waiters = strtoul(argv[8], NULL, 10);
	g.wide = strcmp(argv[9], "wide") == 0;
	g.random = (uint64_t)now_us() | 1;
	g.filler = malloc(1 << 20);
	g.conns = calloc(POOL + g.n_waiters, sizeof(*g.conns));
	g.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (g.epoll == -1 || g.conns == NULL || g.filler == NULL)
		die("start");
	memset(g.filler, 'x', 1 << 20);
	for (size_t i = 0; i < POOL + g.n_waiters; i++)
		g.conns[i] = (struct conn){ .fd = -1, .waiter = i >= POOL };
	for (int i = POOL - 1; i >= 0; i--)
		g.idle[g.n_idle++] = i;
	run(strtod(argv[4], NULL));
	print_final();
	return 0;
}
