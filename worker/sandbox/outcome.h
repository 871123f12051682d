#ifndef SANDBOX_OUTCOME_H
#define SANDBOX_OUTCOME_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../../lib/base/err.h"
#include "spec.h"
/*
 * How a job ended: what was measured and who said what, and the one reason code
 * that follows.  The order of the rules in outcome.c is the order of trust: what
 * we did, what the kernel counted, the wait status, then the wrapper's words,
 * which explain an exit status of 1 and nothing else.
 */
#define OUTCOME_TEXT_MAX	2048

struct ending {
	const struct spec *spec;
	bool	started;		/* the script's first line was reached */
	bool	binding;		/* the jail is closed, inputs are being read */
	char	killed[40];		/* reason we killed it for; "" if we did not */
	char	syscall[40];		/* SYSCALL_DENIED: which */
	char	setup[64];		/* step of ours that failed; "" if none */
	int	bad_input;		/* index of the input that cannot be bound, or -1 */
	char	bad_type[64];		/* exception type, if the wrapper said */
	bool	has_status;
	int	status;			/* wait status of the script */
	bool	disk_full, err_nospace;	/* figure of the tmpfs; errno the wrapper saw */
	int64_t	oom_kills, pids_denied, cpu_us, memory_peak, wall_us;
	bool	has_exception;
	char	type[256], message[OUTCOME_TEXT_MAX];
	int64_t	line;			/* 0: none */
	int64_t	tasks;			/* that the job then had */
	const char *too_large, *missing, *near;		/* of the collector */
	bool	truncated;
};

/* outcome_reason(n): reason code, or NULL for success. */
const char *outcome_reason(const struct ending *n);
/* outcome_json(n, files, notes): the outcome of the contract; takes files and notes. */
struct json_object *outcome_json(const struct ending *n, struct json_object *files, struct json_object *notes);
/**
 * outcome_hear(n, text, len):
 * Take in one packet that claims to explain an exception.  Anything malformed
 * is ignored: a script may have written it.
 */
void outcome_hear(struct ending *n, struct json_object *packet);
#endif
