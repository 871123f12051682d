#ifndef FCGI_LISTEN_H
#define FCGI_LISTEN_H
#include <stddef.h>
#include "../lib/base/err.h"
#define LISTEN_MAX	16	/* sockets of one server */
/*
 * listen_open(spec, fds, n, e): listening sockets for a comma list of
 * unix:/path and host:port ([v6]:port; numeric hosts).  A unix socket is bound
 * under a name of its own and renamed into place with mode 0666 (its folder
 * guards it), so a new server takes over from a running one without a moment
 * in which nobody listens.
 *
 * Returns 0 with *n descriptors, or -1 with ERR_CONFIG or ERR_SYS and none open.
 */
int listen_open(const char *spec, int fds[LISTEN_MAX], size_t *n, struct err *e);
#endif
