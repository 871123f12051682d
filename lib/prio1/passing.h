#ifndef PRIO1_PASSING_H
#define PRIO1_PASSING_H
#include <stdbool.h>
#include "../base/err.h"
/*
 * prio_passing(e): may the same call succeed later, with nothing changed by anybody?  A
 * store that is not there, a full disk, a process at the same work: all that others or
 * the system said no to.  What the bytes themselves say (a wrong signature, a batch
 * too small) stays as it is.
 */
bool prio_passing(const struct err *e);
#endif
