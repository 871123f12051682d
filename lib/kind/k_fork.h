#ifndef KIND_K_FORK_H
#define KIND_K_FORK_H
#include "kind.h"
/*
 * Every kind that runs in a fork, to whoever only passes its jobs on:
 *   {"kind": name?, "args": {…}?, "sealed": base64?, "wallet": id?}
 * What args means is known to its executor (worker/exec/credential, aggregate).
 */
struct fork_args {
	const char *kind;		/* NULL: that of the claim */
	struct json_object *args;	/* NULL: none */
	const char *sealed;		/* "": none */
	const char *wallet;		/* "": none */
};
extern const struct kind k_fork;
#endif
