/*
 * GET /metrics: Prometheus text: the figures of the database, which are the
 * fleet's, and the counters of this front.  Without the database the second
 * half remains.
 */
#include <string.h>
#include "../lib/base/cleanup.h"
#include "handler.h"
#include "metrics.h"

#define METRICS_MAX	(1u << 20)	/* bytes */
#define CONTENT_TYPE	"text/plain; version=0.0.4; charset=utf-8"

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n >= k && strcmp(s + n - k, end) == 0;
}

/* The family of a histogram's series; *type tells what it is. */
static size_t
family_len(const char *name, const char **type)
{
	static const char *const parts[] = { "_bucket", "_sum", "_count" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (ends_with(name, parts[i])) {
			*type = "histogram";
			return strlen(name) - strlen(parts[i]);
		}
	*type = ends_with(name, "_total") ? "counter" : "gauge";
	return strlen(name);
}

/* Rows come ordered by name: the series of a family stand together. */
static int
put_rows(struct buf *b, const PGresult *rows, struct err *e)
{
	char family[128] = "";

	for (int i = 0; i < PQntuples(rows); i++) {
		const char *name = row_text(rows, i, "name"), *labels, *type;
		size_t n = family_len(name, &type);

		if (n >= sizeof(family))
			return err_set(e, ERR_PROTO, "a metric has a name of %zu bytes", n);
		if (strlen(family) != n || memcmp(family, name, n) != 0) {
			memcpy(family, name, n);
			family[n] = '\0';
			buf_addf(b, "# TYPE %s %s\n", family, type);
		}
		labels = row_text(rows, i, "labels");
		if (labels == NULL || labels[0] == '\0')
			buf_adds(b, name);
		else
			buf_addf(b, "%s{%s}", name, labels);
		buf_addf(b, " %s\n", row_null(rows, i, "value") ? "NaN" : row_text(rows, i, "value"));
	}
	return 0;
}

static int
send_text(struct buf *b, struct resp *rs, struct err *e)
{
	metrics_render(b);
	if (b->failed)
		return err_set(e, ERR_LIMIT, "metrics are over %u bytes", METRICS_MAX);
	resp_text(rs, CONTENT_TYPE, b->data, b->len);
	return 0;
}

static int
metrics_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	(void)rq;
	(void)rs;
	(void)e;
	call_set(call, ST_NODE_METRICS, NULL);
	return 0;
}

static int
metrics_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(METRICS_MAX);

	(void)rq;
	if (put_rows(&b, a->rows, e) == -1)
		return -1;
	return send_text(&b, rs, e);
}

static int
metrics_fail(struct req *rq, const struct err *why, struct resp *rs)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(METRICS_MAX);

	(void)rq;
	(void)why;
	return send_text(&b, rs, NULL);
}

const struct handler h_metrics = { .begin = metrics_begin, .done = metrics_done, .fail = metrics_fail };
