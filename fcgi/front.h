#ifndef FCGI_FRONT_H
#define FCGI_FRONT_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include "../lib/base/conf.h"
#include "../lib/blob/s3_target.h"
#include "../lib/proc/loop.h"
#include "conn.h"
/*
 * What the requests of one process share.  server.c makes it; exch.c, check.c
 * and park.c read it.
 */
struct exch;
struct batch;
struct park;
struct keyring;
struct cred_keys;
struct segments;
TAILQ_HEAD(exch_list, exch);

/* Figures of api.node_pressure(), at most about a second old. */
struct pressure {
	int64_t	queued, queue_max, retry_ms;
};
struct front {
	struct loop *loop;
	struct conf *conf;
	const struct route *routes;
	struct batch *batch;
	struct park *park;
	struct keyring *keyring;
	struct conn_set conns;
	struct exch_list exchs;		/* every request from begin to sent */
	size_t	n_exchs;
	struct s3_target s3;		/* host "": none */
	struct cred_keys *keys;		/* NULL: no credentials are served */
	struct segments *segments;
	struct pressure pressure;
	bool	draining;
};
#endif
