#include "extensions.h"

static bool
is_known(const uint16_t *known, uint16_t type)
{
	for (; *known != 0; known++)
		if (*known == type)
			return true;
	return false;
}

int
dap_extensions_check(struct dap_slice list, const uint16_t *known,
    enum dap_word order, struct dap_fault *f)
{
	struct dap_reader r = dap_reader(list);
	struct dap_fault strange = DAP_FAULT_INIT;
	struct dap_extension x;
	uint16_t before = 0;
	bool first = true;

	for (; dap_extension_from(&x, &r); before = x.type, first = false) {
		if (!first && x.type <= before)
			return dap_fault_set(f, order,
			    "extension %u is out of order", x.type);
		if (is_known(known, x.type))
			continue;
		if (strange.unsupported_n == 0)
			dap_fault_set(&strange, DAP_WORD_UNSUPPORTED_EXTENSION,
			    "extension %u is not known", x.type);
		if (strange.unsupported_n < DAP_UNSUPPORTED_MAX)
			strange.unsupported[strange.unsupported_n++] = x.type;
	}
	if (dap_end(&r, f) == -1)
		return -1;
	if (strange.unsupported_n == 0)
		return 0;
	if (f != NULL)
		*f = strange;
	return -1;
}

int
dap_agg_param_check(const struct dap_profile *p, struct dap_slice param,
    struct dap_fault *f)
{
	if (param.n == 0)
		return 0;
	return dap_fault_set(f, p->extensions ? DAP_WORD_INVALID_AGG_PARAM :
	    DAP_WORD_INVALID_MESSAGE, "agg_param is not empty");
}

void
dap_partial_from(struct dap_selector *out, struct dap_reader *r)
{
	uint8_t mode = dap_u8(r, "batch mode");

	*out = (struct dap_selector){ .mode = mode };
	if (mode == DAP_FIXED_SIZE)
		out->batch_id = dap_take(r, DAP_BATCH_ID, "batch_id").p;
	else if (mode != DAP_TIME_INTERVAL)
		dap_bad(r, "batch mode", "is of no known kind");
}

void
dap_partial_put(struct buf *b, enum dap_mode mode, const uint8_t *batch_id)
{
	dap_put_u8(b, (uint8_t)mode);
	if (mode == DAP_FIXED_SIZE)
		dap_put(b, dap_slice(batch_id, DAP_BATCH_ID));
}
