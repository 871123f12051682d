#ifndef CLI_PRIO_FILE_H
#define CLI_PRIO_FILE_H
#include <stddef.h>
#include "../lib/base/err.h"
/*
 * Files that `darkroom prio` reads and makes: one that is being made has the name
 * .<name>.tmp and becomes whole by a rename.
 */
struct prio_made {
	int	fd;
	char	*path, *tmp;
};
#define PRIO_MADE_INIT { .fd = -1 }
/* prio_input(path, e): open for reading; -1 ERR_CONFIG. */
int prio_input(const char *path, struct err *e);
/* prio_make(m, dir, like, e): a file in dir (made when it is not there) with the last part of like as its name. */
int prio_make(struct prio_made *m, const char *dir, const char *like, struct err *e);
/* prio_make_at(m, path, e) */
int prio_make_at(struct prio_made *m, const char *path, struct err *e);
/* prio_made_keep(m, e): sync and rename.  Without it, release removes the file. */
int prio_made_keep(struct prio_made *m, struct err *e);
void prio_made_release(struct prio_made *m);	/* for CLEANUP */
#endif
