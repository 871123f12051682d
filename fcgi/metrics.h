#ifndef FCGI_METRICS_H
#define FCGI_METRICS_H
#include <stddef.h>
#include <stdint.h>
#include "../lib/base/buf.h"
#include "../lib/base/err.h"
#include "handler.h"
/*
 * Counters of all processes of this server, in one page that they share: any
 * of them answers for all.  Gauges belong to a process and vanish with it.
 */
enum metrics_gauge { GAUGE_IN_FLIGHT, GAUGE_PARKED, GAUGE_CONNECTIONS, GAUGE_MAX };

/* metrics_map(table, processes, e): before the first fork. */
int metrics_map(const struct route *table, size_t processes, struct err *e);
/* metrics_process(slot): this process is number slot; its gauges start at 0. */
void metrics_process(size_t slot);
void metrics_gone(size_t slot);			/* the supervisor reaped it */
void metrics_request(const struct route *r, int status);	/* r NULL: no such route */
void metrics_auth_refused(enum err_code code);
void metrics_auth_legacy(void);			/* a v1 signature was taken */
void metrics_gauge(enum metrics_gauge g, int64_t value);
/* metrics_beat(now_us): this process's loop turns; metrics_last_beat(slot): when it did. */
void metrics_beat(int64_t now_us);
int64_t metrics_last_beat(size_t slot);
/* metrics_render(b): all of it as Prometheus text. */
void metrics_render(struct buf *b);
#endif
