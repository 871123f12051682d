#ifndef KEYS_CHANGE_H
#define KEYS_CHANGE_H
#include "../../lib/base/err.h"
/*
 * A node's key changes (docs/design/keys.md): node.key is the one in force, and
 * node-other.key beside it opens too: first the next, then the one before.  Every
 * call may be killed at any moment and made again.
 */
/* change_next(folder, e): make the next key, unless there is another one already.
 * change_use(folder, name, e): the key of this name (seal_key_name) is in force from now on; the
 * two files change places, or are there already, and public halves follow.
 * change_end(folder, e): end a change_use that died between the secret halves and the public ones, which shows
 * by node.pub being the other key's; anything else stays as it is.
 * change_list(folder, e): print the keys' names.
 * 0, or -1: ERR_CONFIG for a name that is no key here, ERR_SYS. */
int change_next(const char *folder, const char *none, struct err *e);
int change_use(const char *folder, const char *name, struct err *e);
int change_end(const char *folder, struct err *e);
int change_list(const char *folder, const char *none, struct err *e);
#endif
