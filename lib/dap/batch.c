#include "batch.h"

static void
interval_from(struct dap_interval *out, struct dap_reader *r)
{
	out->start = dap_u64(r, "interval: start");
	out->duration = dap_u64(r, "interval: duration");
}

static void
interval_put(struct buf *b, const struct dap_interval *i)
{
	dap_put_u64(b, i->start);
	dap_put_u64(b, i->duration);
}

static const uint8_t *
batch_from(struct dap_reader *r)
{
	return dap_take(r, DAP_BATCH_ID, "batch_id").p;
}

/* mode_from: an unknown mode ends the reading. */
static enum dap_mode
mode_from(struct dap_reader *r)
{
	uint8_t mode = dap_u8(r, "batch mode");

	if (mode != DAP_TIME_INTERVAL && mode != DAP_FIXED_SIZE)
		dap_bad(r, "batch mode", "is of no known kind");
	return mode;
}

/*
 * config_from, config_end: in 18 what follows the mode is a vector of its own,
 * read to its end; in 09 it is the message itself.
 */
static struct dap_reader
config_from(const struct dap_profile *p, struct dap_reader *r)
{
	if (!p->mode_configs)
		return *r;
	return dap_reader(dap_vec(r, 2, 0, "mode config"));
}

static void
config_end(const struct dap_profile *p, struct dap_reader *r,
    const struct dap_reader *config)
{
	if (config->field != NULL)
		dap_bad(r, config->field, config->fault);
	else if (!p->mode_configs)
		*r = *config;
	else if (config->n > 0)
		dap_bad(r, "mode config", "is too long");
}

void
dap_query_from(struct dap_query *out, const struct dap_profile *p,
    struct dap_reader *r)
{
	struct dap_reader config;

	*out = (struct dap_query){ .mode = mode_from(r) };
	config = config_from(p, r);
	if (out->mode == DAP_TIME_INTERVAL) {
		interval_from(&out->interval, &config);
	} else if (!p->mode_configs) {
		switch (dap_u8(&config, "fixed-size query")) {
		case 0:
			out->batch_id = batch_from(&config);
			break;
		case 1:
			break;	/* the current batch */
		default:
			dap_bad(&config, "fixed-size query",
			    "is of no known kind");
		}
	}
	config_end(p, r, &config);
}

void
dap_query_put(struct buf *b, const struct dap_profile *p,
    const struct dap_query *q)
{
	size_t at = 0;

	dap_put_u8(b, (uint8_t)q->mode);
	if (p->mode_configs)
		at = dap_open_vec(b, 2);
	if (q->mode == DAP_TIME_INTERVAL) {
		interval_put(b, &q->interval);
	} else if (!p->mode_configs) {
		dap_put_u8(b, q->batch_id == NULL);
		if (q->batch_id != NULL)
			dap_put(b, dap_slice(q->batch_id, DAP_BATCH_ID));
	}
	if (p->mode_configs)
		dap_close_vec(b, 2, at);
}

void
dap_selector_from(struct dap_selector *out, const struct dap_profile *p,
    struct dap_reader *r)
{
	struct dap_reader config;

	*out = (struct dap_selector){ .mode = mode_from(r) };
	config = config_from(p, r);
	if (out->mode == DAP_TIME_INTERVAL)
		interval_from(&out->interval, &config);
	else
		out->batch_id = batch_from(&config);
	config_end(p, r, &config);
}

void
dap_selector_put(struct buf *b, const struct dap_profile *p,
    const struct dap_selector *s)
{
	size_t at = 0;

	dap_put_u8(b, (uint8_t)s->mode);
	if (p->mode_configs)
		at = dap_open_vec(b, 2);
	if (s->mode == DAP_TIME_INTERVAL)
		interval_put(b, &s->interval);
	else
		dap_put(b, dap_slice(s->batch_id, DAP_BATCH_ID));
	if (p->mode_configs)
		dap_close_vec(b, 2, at);
}

bool
dap_extension_from(struct dap_extension *out, struct dap_reader *list)
{
	if (!dap_more(list))
		return false;
	out->type = dap_u16(list, "extension type");
	out->data = dap_vec(list, 2, 0, "extension data");
	return list->field == NULL;
}
