#ifndef CLI_FETCH_H
#define CLI_FETCH_H
#include <json-c/json.h>
#include "cli.h"
/* fetch_artifacts(c, id, state, names, n, dir, e): bring the artifacts that
 * state lists (all, or those named) into dir.  Each is written to NAME.part,
 * continued when such a part is there, compared with its digest, synced and
 * renamed.  ERR_NOT_FOUND: no artifact of that name; ERR_PROTO: wrong digest. */
int fetch_artifacts(struct cli *c, const char *id, struct json_object *state, const char *const *names, size_t n,
    const char *dir, struct err *e);
#endif
