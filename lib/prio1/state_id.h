#ifndef PRIO1_STATE_ID_H
#define PRIO1_STATE_ID_H
#include "../base/err.h"
#define PRIO_STATE_ID	33	/* 32 hex digits and NUL */
/*
 * prio_state_id(state_dir, out, e): which state folder this is: drawn when it is first
 * asked for, then always the same, for all processes and hosts that share the folder.  A
 * run goes on in the folder that it was begun in, or what its ledger, its noise and its
 * peer's manifests say would be drawn and believed anew.  0, or -1 (ERR_SYS; ERR_CONFIG:
 * the file is none of ours).
 */
int prio_state_id(const char *state_dir, char out[PRIO_STATE_ID], struct err *e);
#endif
