#ifndef RUNNER_EVICT_H
#define RUNNER_EVICT_H
#include <stdint.h>
#include "../../lib/base/err.h"
/**
 * evict_run(cache_fd, max_bytes, e):
 * Keep <cache>/assets and <cache>/tar together below max_bytes: entries go by
 * the age of their last use, those that somebody holds (a shared flock) stay.
 * What an unpacking or fetching left unfinished goes after an hour.
 * Returns 0, or -1 with ERR_SYS.
 */
int evict_run(int cache_fd, int64_t max_bytes, struct err *e);
#endif
