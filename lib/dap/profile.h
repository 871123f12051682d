#ifndef DAP_PROFILE_H
#define DAP_PROFILE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../crypt/vdaf/prio3.h"
/*
 * The two forms of the Distributed Aggregation Protocol that a task may have.
 * One row each holds everything in which they differ but the order of fields,
 * which the files of the messages read from the row's flags.
 * Source: draft-ietf-ppm-dap-09 and -18; specification 3.1, 3.2, 3.9.
 */
enum dap_role { DAP_COLLECTOR, DAP_CLIENT, DAP_LEADER, DAP_HELPER, DAP_ROLE_MAX };	/* as on the wire */
const char *dap_role_word(enum dap_role r);	/* "collector", … */
enum dap_role dap_role_of(const char *word);	/* DAP_ROLE_MAX: none */

/* What a body is; the names are those of profile 09. */
enum dap_media {
	DAP_MEDIA_HPKE_CONFIGS, DAP_MEDIA_REPORT, DAP_MEDIA_UPLOAD_ERRORS, DAP_MEDIA_JOB_INIT, DAP_MEDIA_JOB_CONTINUE,
	DAP_MEDIA_JOB_RESP, DAP_MEDIA_SHARE_REQ, DAP_MEDIA_SHARE, DAP_MEDIA_COLLECT_REQ, DAP_MEDIA_COLLECTION,
	DAP_MEDIA_MAX
};

/*
 * What became of a report.  The words stand in outcomes and counters of both
 * profiles; the numbers on the wire are the profile's.
 */
enum dap_report_error {
	DAP_ACCEPTED, DAP_BATCH_COLLECTED, DAP_REPORT_REPLAYED, DAP_REPORT_DROPPED, DAP_HPKE_UNKNOWN_CONFIG_ID,
	DAP_HPKE_DECRYPT_ERROR, DAP_VDAF_PREP_ERROR, DAP_BATCH_SATURATED, DAP_TASK_EXPIRED, DAP_INVALID_MESSAGE,
	DAP_REPORT_TOO_EARLY, DAP_TASK_NOT_STARTED, DAP_OUTDATED_CONFIG, DAP_REPORT_ERROR_MAX
};
const char *dap_report_error_word(enum dap_report_error w);	/* "accepted", "batch_collected", … */
enum dap_report_error dap_report_error_of(const char *word);	/* DAP_REPORT_ERROR_MAX: none */

struct dap_profile {
	const char *name;		/* "09": in paths and tasks */
	const char *label;		/* "dap-09": of HPKE infos, and the VDAF's context in 18 */
	enum prio3_profile vdaf;
	const char *media[DAP_MEDIA_MAX];	/* NULL: there is no such body */
	int16_t	report_error[DAP_REPORT_ERROR_MAX];	/* number on the wire; -1: none */
	enum dap_report_error said_as[DAP_REPORT_ERROR_MAX];	/* what is said by another's number; 0: by its own */
	bool	counted_lists;		/* lists of a body have <4> in front; else they reach to its end */
	bool	extensions;		/* reports, jobs and collection requests carry extensions */
	bool	mode_configs;		/* queries and selectors are u8 mode | config<2> */
	bool	time_units;		/* times are multiples of the task's time precision; else seconds */
	bool	task_configs;		/* associated data holds the TaskConfiguration */
	bool	server_ids;		/* jobs, collections and shares are created by POST, under an id of the server's */
	bool	many_reports;		/* an upload holds any number of reports */
	uint8_t	verify_key_bytes;
};
extern const struct dap_profile dap_09, dap_18;
const struct dap_profile *dap_profile_of(const char *name);	/* NULL: none */

/*
 * dap_media_is(p, m, type): whether a Content-Type is exactly that of m: letters
 * of either case, white space and quotes around the parameter as RFC 9110 allows
 * them, no other parameter.
 */
bool dap_media_is(const struct dap_profile *p, enum dap_media m, const char *type);

/* dap_report_error_wire(p, w): the number that says w, which is not DAP_ACCEPTED, or
 * comes nearest: what a profile lacks is said as report_dropped, an unknown HPKE
 * configuration in 18 as hpke_decrypt_error. */
uint8_t dap_report_error_wire(const struct dap_profile *p, enum dap_report_error w);
/* dap_report_error_from(p, wire): DAP_REPORT_ERROR_MAX for a number of none. */
enum dap_report_error dap_report_error_from(const struct dap_profile *p, uint8_t wire);

#define DAP_LABEL_MAX	32	/* bytes of an HPKE info */
/*
 * The HPKE info of an input share for `to` (leader or helper), and of an
 * aggregate share `from` one of them for the collector; returns its bytes.
 */
size_t dap_input_share_info(uint8_t out[DAP_LABEL_MAX], const struct dap_profile *p, enum dap_role to);
size_t dap_agg_share_info(uint8_t out[DAP_LABEL_MAX], const struct dap_profile *p, enum dap_role from);
#endif
