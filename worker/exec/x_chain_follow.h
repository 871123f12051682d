#ifndef EXEC_X_CHAIN_FOLLOW_H
#define EXEC_X_CHAIN_FOLLOW_H
#include "executor.h"
extern const struct executor x_chain_follow;
#endif
