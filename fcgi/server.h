#ifndef FCGI_SERVER_H
#define FCGI_SERVER_H
#include <stddef.h>
#include "../lib/base/conf.h"
#include "../lib/base/err.h"
#include "handler.h"
/* One serving process. */
struct server_opts {
	struct conf *conf;
	const struct route *routes;
	const int *listeners;
	size_t	n_listeners;
	size_t	slot;		/* its number among the processes, for metrics */
};
/* server_run(o, e): serve until TERM or INT, then until every request in flight
 * is answered or grace_ms is over.  Returns 0, or -1 when it could not start. */
int server_run(const struct server_opts *o, struct err *e);
/* server_log_level(c, e): log from the level of the settings on; -1 with ERR_CONFIG. */
int server_log_level(const struct conf *c, struct err *e);
#endif
