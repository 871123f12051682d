#include "metrics.h"
#include <stdatomic.h>
#include <sys/mman.h>
#include "route.h"

#define PROCESS_MAX	64

static const int statuses[] = {
	200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 405, 409, 410, 411, 412, 413, 415, 416, 429,
	500, 503, 504, 0 /* any other */
};
#define N_STATUS (sizeof(statuses) / sizeof(statuses[0]))

struct process {
	atomic_int_least64_t gauge[GAUGE_MAX], beat_us;
};
struct shared {
	struct process process[PROCESS_MAX];
	atomic_uint_least64_t refused[ERR_CODE_MAX], legacy;
	atomic_uint_least64_t requests[][N_STATUS];	/* by route; the last one: no route */
};

static struct {
	struct shared *shared;
	struct process *own;
	const struct route *table;
	size_t	routes, processes;
} m;

int
metrics_map(const struct route *table, size_t processes, struct err *e)
{
	size_t n = route_count(table);
	void *p = mmap(NULL, sizeof(*m.shared) + (n + 1) * sizeof(m.shared->requests[0]),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return err_sys(e, "mapping the counters");
	m.shared = p;
	m.own = &m.shared->process[0];
	m.table = table;
	m.routes = n;
	m.processes = processes < PROCESS_MAX ? processes : PROCESS_MAX;
	return 0;
}

void
metrics_process(size_t slot)
{
	m.own = &m.shared->process[slot];
	metrics_gone(slot);
}

void
metrics_gone(size_t slot)
{
	struct process *p = &m.shared->process[slot];

	for (int g = 0; g < GAUGE_MAX; g++)
		atomic_store(&p->gauge[g], 0);
	atomic_store(&p->beat_us, 0);
}

void
metrics_request(const struct route *r, int status)
{
	size_t row = r == NULL ? m.routes : (size_t)(r - m.table), col = 0;

	while (col < N_STATUS - 1 && statuses[col] != status)
		col++;
	atomic_fetch_add_explicit(&m.shared->requests[row][col], 1, memory_order_relaxed);
}

void
metrics_auth_refused(enum err_code code)
{
	atomic_fetch_add_explicit(&m.shared->refused[code], 1, memory_order_relaxed);
}

void
metrics_auth_legacy(void)
{
	atomic_fetch_add_explicit(&m.shared->legacy, 1, memory_order_relaxed);
}

void
metrics_gauge(enum metrics_gauge g, int64_t value)
{
	atomic_store_explicit(&m.own->gauge[g], value, memory_order_relaxed);
}

void
metrics_beat(int64_t now_us)
{
	atomic_store_explicit(&m.own->beat_us, now_us, memory_order_relaxed);
}

int64_t
metrics_last_beat(size_t slot)
{
	return atomic_load_explicit(&m.shared->process[slot].beat_us, memory_order_relaxed);
}

static void
render_requests(struct buf *b)
{
	buf_adds(b, "# HELP darkroom_compute_requests_total Requests answered, by route and HTTP status.\n"
	    "# TYPE darkroom_compute_requests_total counter\n");
	for (size_t r = 0; r <= m.routes; r++) {
		for (size_t s = 0; s < N_STATUS; s++) {
			uint64_t n = atomic_load_explicit(&m.shared->requests[r][s], memory_order_relaxed);

			if (n == 0)
				continue;
			buf_addf(b, "darkroom_compute_requests_total{method=\"%s\",route=\"%s\",status=\"%d\"} %llu\n",
			    r == m.routes ? "" : m.table[r].method, r == m.routes ? "none" : m.table[r].path,
			    statuses[s], (unsigned long long)n);
		}
	}
}

static void
render_refused(struct buf *b)
{
	buf_adds(b, "# HELP darkroom_compute_auth_refused_total Callers refused, by error code.\n"
	    "# TYPE darkroom_compute_auth_refused_total counter\n");
	for (int c = 0; c < ERR_CODE_MAX; c++) {
		uint64_t n = atomic_load_explicit(&m.shared->refused[c], memory_order_relaxed);

		if (n > 0)
			buf_addf(b, "darkroom_compute_auth_refused_total{code=\"%s\"} %llu\n",
			    err_info(c)->word, (unsigned long long)n);
	}
}

static void
render_legacy(struct buf *b)
{
	buf_addf(b, "# HELP darkroom_compute_auth_legacy_total Requests taken with a v1 signature.\n"
	    "# TYPE darkroom_compute_auth_legacy_total counter\ndarkroom_compute_auth_legacy_total %llu\n",
	    (unsigned long long)atomic_load_explicit(&m.shared->legacy, memory_order_relaxed));
}

static void
render_gauges(struct buf *b)
{
	static const struct { const char *name, *help; } gauges[GAUGE_MAX] = {
		[GAUGE_IN_FLIGHT] = { "darkroom_fcgi_in_flight", "Requests being worked on." },
		[GAUGE_PARKED] = { "darkroom_fcgi_parked", "Requests waiting for a job to change." },
		[GAUGE_CONNECTIONS] = { "darkroom_fcgi_connections", "Open FastCGI connections." },
	};

	for (int g = 0; g < GAUGE_MAX; g++) {
		int64_t sum = 0;

		for (size_t p = 0; p < m.processes; p++)
			sum += atomic_load_explicit(&m.shared->process[p].gauge[g], memory_order_relaxed);
		buf_addf(b, "# HELP %s %s\n# TYPE %s gauge\n%s %lld\n", gauges[g].name, gauges[g].help,
		    gauges[g].name, gauges[g].name, (long long)sum);
	}
}

void
metrics_render(struct buf *b)
{
	render_requests(b);
	render_refused(b);
	render_legacy(b);
	render_gauges(b);
}
