#ifndef DAP_EXTENSIONS_H
#define DAP_EXTENSIONS_H
#include "batch.h"
/* Parts that several messages share; private to lib/dap. */
/* dap_metadata_from: inside of reports and jobs. */
void dap_metadata_from(struct dap_metadata *out, const struct dap_profile *p, struct dap_reader *r);
/*
 * dap_extensions_check(list, known, order, f): well-formed (invalidMessage),
 * types strictly increasing (the word `order`), all in known, which 0 ends
 * (unsupportedExtension with those that are not).
 */
int dap_extensions_check(struct dap_slice list, const uint16_t *known, enum dap_word order, struct dap_fault *f);
/* dap_agg_param_check: no VDAF of ours has an aggregation parameter. */
int dap_agg_param_check(const struct dap_profile *p, struct dap_slice param, struct dap_fault *f);
/* PartialBatchSelector of 09: the mode, and the batch id of a fixed-size one. */
void dap_partial_from(struct dap_selector *out, struct dap_reader *r);
void dap_partial_put(struct buf *b, enum dap_mode mode, const uint8_t *batch_id);
#endif
