#ifndef CLI_KEYTEXT_H
#define CLI_KEYTEXT_H
#include <json-c/json.h>
#include "../lib/base/err.h"
/*
 * Public keys as an operator names them.
 */
/* keytext_add(body, text, e): append to body.keys what text names: a file with
 * a PEM public key, else the text itself (peer id, hex).  A private key is
 * ERR_CONFIG: it is never sent. */
int keytext_add(struct json_object *body, const char *text, struct err *e);
#endif
