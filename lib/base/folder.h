#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H
#include <stddef.h>
#include <sys/types.h>
#include "err.h"
/* Files and folders by descriptor of their parent; symbolic links are never followed. */

/* folder_open(parent, name, mode, e): make it if missing; its descriptor, or -1. */
int folder_open(int parent, const char *name, mode_t mode, struct err *e);
/* folder_write(parent, name, p, n, mode, e): a new file with these bytes, not
 * synced.  0, or -1; a part may be left behind then. */
int folder_write(int parent, const char *name, const void *p, size_t n,
    mode_t mode, struct err *e);
/* folder_remove(parent, name, e): a file, or a folder and all below it.  0 also
 * when there was none; -1 at the first thing that cannot be removed. */
int folder_remove(int parent, const char *name, struct err *e);
#endif
