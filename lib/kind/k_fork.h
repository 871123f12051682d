#ifndef KIND_K_FORK_H
#define KIND_K_FORK_H
#include "kind.h"
/*
 * Every kind of the credential service, to whoever only passes its jobs on:
 *   {"kind": name, "args": {…}, "sealed": base64?, "wallet": id?}
 * What args means is known to its executor (worker/exec/credential).
 */
struct fork_args {
	const char *kind;
	struct json_object *args;
	const char *sealed;		/* "": none */
	const char *wallet;		/* "": none */
};
extern const struct kind k_fork;
#endif
