#ifndef EXEC_X_IPFS_PROBE_H
#define EXEC_X_IPFS_PROBE_H
#include "executor.h"
extern const struct executor x_ipfs_probe;
#endif
