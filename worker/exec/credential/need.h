#ifndef CREDENTIAL_NEED_H
#define CREDENTIAL_NEED_H
#include "cred.h"
/* need_object(j, name, out, e): an object of the request, borrowed; 0, or -1 with
 * ERR_STRUCTURE naming the field when it is absent or something else. */
int need_object(const struct fork_job *j, const char *name, struct json_object **out, struct err *e);
#endif
