#ifndef PROC_LIBEXEC_H
#define PROC_LIBEXEC_H
#include "../base/err.h"
#define LIBEXEC_MAX	1025
/* libexec_dir(out, set, e): where the programs are that daemons start: the folder
 * of the setting, or, when that is empty, this program's own. */
int libexec_dir(char out[LIBEXEC_MAX], const char *set, struct err *e);
#endif
