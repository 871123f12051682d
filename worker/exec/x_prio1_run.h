#ifndef EXEC_X_PRIO1_RUN_H
#define EXEC_X_PRIO1_RUN_H
#include "executor.h"
extern const struct executor x_prio1_run;
#endif
