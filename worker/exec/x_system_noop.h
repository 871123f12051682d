#ifndef EXEC_X_SYSTEM_NOOP_H
#define EXEC_X_SYSTEM_NOOP_H
#include "executor.h"
extern const struct executor x_system_noop;
#endif
