#ifndef EXEC_X_IPFS_FETCH_H
#define EXEC_X_IPFS_FETCH_H
#include "executor.h"
extern const struct executor x_ipfs_fetch;
#endif
