#ifndef BASE_FAULT_H
#define BASE_FAULT_H
/*
 * Named points at which a process of a build with -DDR_FAULTS (`make faults`)
 * ends or stops itself when the test says so; nothing in any other build.
 * fault.def lists them, each used exactly once, with what must hold after a
 * death there.
 *
 * Such a build looks for a file with the point's name in the folder that the
 * environment variable DR_FAULT_DIR names: "<n> kill" or "<n> stop".  The n-th
 * passing, of all processes that share the folder, removes the file, adds
 * "<point> <pid>" to `struck` there and sends itself the signal.
 */
enum fault_id {
#define FAULT(id, name, who, holds) FAULT_##id,
#include "fault.def"
#undef FAULT
	FAULT_MAX
};

#ifdef DR_FAULTS
#define FAULT_POINT(id)		fault_pass(FAULT_##id)
#define FAULT_WITNESS(...)	fault_witness(__VA_ARGS__)
void fault_pass(enum fault_id id);
/* fault_witness(fmt, ...): one line in `witness` of the folder: what was done,
 * apart from any row that will be judged by it. */
void fault_witness(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* fault_env: what a child's environment needs to find the folder; NULL: no folder. */
const char *fault_env(void);
#else
#define FAULT_POINT(id)		((void)FAULT_##id)
#define FAULT_WITNESS(...)	((void)0)
static inline const char *fault_env(void) { return (const char *)0; }
#endif
#endif
