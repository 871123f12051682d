#ifndef KIND_K_PRIO1_RUN_H
#define KIND_K_PRIO1_RUN_H
#include "kind.h"
/*
 * prio1.run: look at a run of prio1 once and go on as far as it can.  Spec:
 * {"config": name of its settings on the host, "date": "YYYY-MM-DD" of the answers,
 * where the tree has dates, "state_id": of the folder that it was begun in}.
 */
#define PRIO1_RUN_CONFIG 64	/* bytes */
struct prio1_run_args {
	const char *config, *date, *state_id;	/* borrowed from the spec; NULL when absent, but config */
};
extern const struct kind k_prio1_run;
#endif
