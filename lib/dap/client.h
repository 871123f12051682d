#ifndef DAP_CLIENT_H
#define DAP_CLIENT_H
#include "../crypt/hpke/hpke.h"
#include "../crypt/wbuf.h"
#include "task.h"
/*
 * The client's half of an upload: a measurement is split and each share sealed
 * to its aggregator.  One client makes any number of reports of one task.
 */
struct dap_client {
	const struct dap_task *task;	/* borrowed */
	struct prio3 *prio3;
	struct hpke_sealer sealer[2];	/* leader, helper */
	uint8_t	config_id[2];
	struct buf config, aad;		/* TaskConfiguration; associated data of the report at hand */
	struct wbuf work;		/* shares, randomness, room */
};
#define DAP_CLIENT_INIT { .task = NULL }
/*
 * dap_client_init(c, t, leader, helper, e): leader and helper are the bodies of
 * their hpke_config answers; the first configuration of each that we have is
 * used.  t must outlive c.  0, or -1 with ERR_INVALID_REQUEST (an answer that is
 * no list), ERR_UNKNOWN_CRYPTO (none that we have), ERR_VALIDATION (the VDAF).
 */
int dap_client_init(struct dap_client *c, const struct dap_task *t, struct dap_slice leader, struct dap_slice helper,
    struct err *e);
void dap_client_release(struct dap_client *c);	/* safe on zeroed */
/*
 * dap_client_report(c, out, meas, n, time_s, e): append one report, with a fresh
 * id and rounded-down time, to out.  meas as for prio3_shard: ERR_VALIDATION;
 * ERR_LIMIT: out is full.
 */
int dap_client_report(struct dap_client *c, struct buf *out, const uint64_t *meas, size_t n, int64_t time_s,
    struct err *e);
/*
 * dap_measurement(p, o, meas, e): what JSON says of a measurement: Count true,
 * false, 0 or 1; Sum a number; Histogram the number of a bucket; SumVec and
 * MultihotCountVec an array of numbers, 0 and 1 or booleans.  meas has
 * p->measurement_n places.  ERR_VALIDATION; ranges are prio3_shard's to check.
 */
int dap_measurement(const struct prio3 *p, struct json_object *o, uint64_t *meas, struct err *e);
#endif
