#include "tally.h"

#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/codec.h"
#include "../../../lib/base/json.h"
#include "../../../lib/proc/frame.h"
#include "bytes.h"

/* Bytes of JSON, at most. */
#define OUTCOME_TEXT	160	/* of an outcome: 22 of id, 22 of word, 44 of bucket, 20 of time */
#define PART_TEXT	256	/* of a sum beside its share: 44 of bucket, 64 of checksum, 60 of figures */
#define REST_TEXT	65536	/* of the frame beside tally and answer */

struct part {
	struct agg_bucket bucket;
	uint8_t	*share;
	uint8_t	checksum[DAP_CHECKSUM];
	int64_t	count, t_min, t_max;
};
struct agg_tally {
	const struct agg_task *task;
	struct part *parts;
	size_t	n, cap;
	size_t	left;			/* bytes of the frame that further sums may take */
	struct json_object *outcomes;
};

struct agg_tally *
agg_tally_new(const struct agg_task *a, size_t n, size_t more)
{
	const size_t taken = n * OUTCOME_TEXT + B64_LEN(more) + REST_TEXT;
	struct agg_tally *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	t->task = a;
	t->left = taken < FRAME_MAX ? FRAME_MAX - taken : 0;
	t->outcomes = json_object_new_array();
	return t;
}

static struct part *
find(struct agg_tally *t, const struct agg_bucket *b)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->parts[i].bucket.len == b->len && memcmp(t->parts[i].bucket.bytes, b->bytes, b->len) == 0)
			return &t->parts[i];
	return NULL;
}

static size_t
part_text(const struct agg_tally *t)
{
	return B64_LEN(t->task->vdaf->out_share_bytes) + PART_TEXT;
}

bool
agg_tally_room(struct agg_tally *t, const struct agg_bucket *b)
{
	return find(t, b) != NULL || part_text(t) <= t->left;
}

static struct part *
make(struct agg_tally *t, const struct agg_bucket *b, int64_t time_s)
{
	struct part *p;

	if (t->n == t->cap) {
		t->cap = t->cap > 0 ? 2 * t->cap : 4;
		t->parts = reallocarray(t->parts, t->cap, sizeof(*t->parts));
		if (t->parts == NULL)
			abort();
	}
	t->left -= part_text(t) < t->left ? part_text(t) : t->left;
	p = &t->parts[t->n++];
	*p = (struct part){ .bucket = *b, .share = calloc(1, t->task->vdaf->out_share_bytes), .t_min = time_s, .t_max = time_s };
	if (p->share == NULL)
		abort();
	return p;
}

void
agg_tally_add(struct agg_tally *t, const struct agg_bucket *b, const uint8_t id[DAP_REPORT_ID], int64_t time_s,
    const uint8_t *out_share)
{
	struct part *p = find(t, b);

	if (p == NULL)
		p = make(t, b, time_s);
	if (out_share != NULL)
		prio3_agg_add(t->task->vdaf, p->share, out_share);
	dap_checksum_add(p->checksum, id);
	p->count++;
	if (time_s < p->t_min)
		p->t_min = time_s;
	if (time_s > p->t_max)
		p->t_max = time_s;
}

void
agg_tally_share(struct agg_tally *t, const struct agg_bucket *b, const uint8_t *sum)
{
	struct part *p = find(t, b);

	if (p != NULL)
		prio3_agg_add(t->task->vdaf, p->share, sum);
}

int64_t
agg_tally_count(struct agg_tally *t, const struct agg_bucket *b)
{
	const struct part *p = find(t, b);

	return p == NULL ? 0 : p->count;
}

void
agg_tally_note(struct agg_tally *t, const uint8_t id[DAP_REPORT_ID], enum dap_report_error why,
    const struct agg_bucket *b, int64_t time_s)
{
	struct json_object *o = json_object_new_object();

	bytes_add_id(o, "id", id, DAP_REPORT_ID);
	json_add_str(o, "word", dap_report_error_word(why));
	if (b != NULL) {
		bytes_add(o, "bucket", b->bytes, b->len);
		json_add_i64(o, "time", time_s);
	}
	json_object_array_add(t->outcomes, o);
}

static struct json_object *
part_json(const struct agg_tally *t, struct part *p)
{
	struct json_object *o = json_object_new_object();

	bytes_add(o, "bucket", p->bucket.bytes, p->bucket.len);
	bytes_add(o, "seal_share", p->share, t->task->vdaf->out_share_bytes);
	json_add_i64(o, "count", p->count);
	bytes_add_hex(o, "checksum", p->checksum, sizeof(p->checksum));
	json_add_i64(o, "t_min", p->t_min);
	json_add_i64(o, "t_max", p->t_max);
	explicit_bzero(p->share, t->task->vdaf->out_share_bytes);
	free(p->share);
	return o;
}

struct json_object *
agg_tally_write(struct agg_tally *t)
{
	struct json_object *o = json_object_new_object(), *parts = json_object_new_array();

	for (size_t i = 0; i < t->n; i++)
		json_object_array_add(parts, part_json(t, &t->parts[i]));
	json_add(o, "outcomes", t->outcomes);
	json_add(o, "parts", parts);
	free(t->parts);
	free(t);
	return o;
}
