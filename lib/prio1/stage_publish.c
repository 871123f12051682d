#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/codec.h"
#include "../base/json.h"
#include "../crypt/prio1/total.h"
#include "fresh.h"
#include "out.h"
#include "stage.h"

#define FILE_MAX	(8u << 20)	/* bytes of an aggregate file */

/* The files of one server, added up. */
struct side {
	struct prio1_total total;
	int64_t	errors, records;
};
#define SIDE_INIT { .total = PRIO1_TOTAL_INIT }

static void
side_release(struct side *s)
{
	prio1_total_release(&s->total);
}

static int
read_file(struct buf *b, int fd, struct err *e)
{
	for (;;) {
		char *room = buf_room(b, 65536);
		ssize_t n;

		if (room == NULL)
			return err_set(e, ERR_TOO_LARGE, "more than %zu bytes", b->max);
		if ((n = read(fd, room, 65536)) == 0)
			return 0;
		if (n == -1 && errno != EINTR)
			return err_sys(e, "cannot read");
		if (n > 0)
			buf_grew(b, (size_t)n);
	}
}

/* One file: its payload is added to the side's. */
static int
side_add(struct side *s, int fd, size_t n_data, struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(FILE_MAX);
	CLEANUP(json_put) struct json_object *o = NULL;
	CLEANUP(prio1_total_release) struct prio1_total part = PRIO1_TOTAL_INIT;
	CLEANUP(cleanup_free) uint8_t *bytes = NULL;
	const char *payload;
	int64_t error, total;
	ssize_t n;

	if (read_file(&text, fd, e) == -1 || json_parse(&o, text.data != NULL ? text.data : "", text.len, e) == -1 ||
	    json_get_str(o, "payload", 4, FILE_MAX, &payload, e) == -1 ||
	    json_get_i64(o, "total", 0, INT64_MAX, &total, e) == -1 ||
	    json_get_i64(o, "error", 0, total, &error, e) == -1)
		return -1;
	if ((bytes = malloc(FILE_MAX)) == NULL)
		abort();
	if ((n = b64_decode(bytes, FILE_MAX, payload, (size_t)json_object_get_string_len(json_object_object_get(o, "payload")))) == -1)
		return err_set(e, ERR_VALIDATION, "payload: no base64");
	if (prio1_total_read(&part, bytes, (size_t)n, n_data, e) == -1)
		return -1;
	if (s->total.sum != NULL && s->total.side != part.side)
		return err_set(e, ERR_VALIDATION, "total share: of another server than the part before");
	if (s->total.sum == NULL)
		prio1_total_make(&s->total, n_data, part.side);
	prio1_total_merge(&s->total, &part);
	if (__builtin_add_overflow(s->errors, error, &s->errors) || __builtin_add_overflow(s->records, total, &s->records))
		return err_set(e, ERR_VALIDATION, "total: the parts have more records than can be counted");
	return 0;
}

static void
add_timestamp(struct buf *b)
{
	int64_t us = clock_wall_us();
	time_t now = (time_t)(us / 1000000);
	struct tm tm;
	char text[32];

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	buf_addf(b, "%s.%06" PRId64, text, us % 1000000);
}

static int
write_sums(const struct prio_publish_opts *o, const int64_t *sum, const struct side *own, int fd, struct err *e)
{
	CLEANUP(prio_out_release) struct prio_out out = PRIO_OUT_INIT(fd);
	const char *sp = o->style == PRIO_JSON_COMPACT ? "" : " ";
	char id[UUID_TEXT];

	prio_fresh_id(id);
	buf_addf(&out.b, "{\"id\":%s\"%s\",%s\"timestamp\":%s\"", sp, id, sp, sp);
	add_timestamp(&out.b);
	buf_addf(&out.b, "\",%s\"payload\":%s[", sp, sp);
	for (size_t i = 0; i < own->total.n_data / o->bits; i++)
		buf_addf(&out.b, "%s%s%" PRId64, i > 0 ? "," : "", i > 0 ? sp : "", sum[i]);
	buf_addc(&out.b, ']');
	if (o->counts)
		buf_addf(&out.b, ",%s\"error\":%s%" PRId64 ",%s\"total\":%s%" PRId64, sp, sp, own->errors, sp, sp, own->records);
	buf_adds(&out.b, o->style == PRIO_JSON_COMPACT ? "}\n" : "}");
	return prio_out_flush(&out, e);
}

int
prio_publish(const struct prio_publish_opts *o, const int *internal, const int *external, size_t n_parts, int out,
    struct err *e)
{
	CLEANUP(side_release) struct side own = SIDE_INIT, peer = SIDE_INIT;
	CLEANUP(cleanup_free) int64_t *sum = NULL;
	const struct side *a = o->side == PRIO1_A ? &own : &peer, *b = o->side == PRIO1_A ? &peer : &own;

	if (o->n_data < 1 || o->n_data > PRIO1_DATA_MAX)
		return err_set(e, ERR_VALIDATION, "n_data: %" PRId64 " is not 1 to %d", o->n_data, PRIO1_DATA_MAX);
	if (n_parts == 0)
		return err_set(e, ERR_VALIDATION, "no part of the batch was aggregated");
	for (size_t i = 0; i < n_parts; i++) {
		if (side_add(&own, internal[i], (size_t)o->n_data, e) == -1)
			return err_wrap(e, "internal aggregate %zu", i);
		if (side_add(&peer, external[i], (size_t)o->n_data, e) == -1)
			return err_wrap(e, "external aggregate %zu", i);
	}
	if ((sum = calloc((size_t)o->n_data, sizeof(*sum))) == NULL)
		abort();
	if (prio1_publish(sum, &a->total, &b->total, o->bits, own.records - own.errors, o->slack, e) == -1)
		return -1;
	return write_sums(o, sum, &own, out, e);
}
