#ifndef PRIO1_LEDGER_TIDY_H
#define PRIO1_LEDGER_TIDY_H
#include "ledger_file.h"
/*
 * prio_ledger_tidy(folder, today, retain_days, e): in a locked folder, what is older than
 * retain_days and what a dead process left unfinished goes; files of each day before today
 * become one, and those of 32 days one when all of them are over.  So 400 nights of any
 * number of parts are 45 files.  A merged file goes when its last day does.
 * Killed anywhere: the merged file is whole before the first of its inputs goes, and a
 * claim that is in both is one claim.
 */
int prio_ledger_tidy(int folder, int64_t today, int64_t retain_days, struct err *e);
#endif
