#ifndef CLI_PRIO_OPTS_H
#define CLI_PRIO_OPTS_H
#include "../lib/base/err.h"
#include "../lib/crypt/secret.h"
#include "../lib/prio1/stage.h"
#include "args.h"
/*
 * Options of `darkroom prio`: each may be given as --some-name or, in the
 * environment, as SOME_NAME.  Source: aggregate service, 2.6 and 2.7.
 */
#define PRIO_OPT_BATCH	{ "n-data", "N", false, "values per answer (N_DATA)" }, \
	{ "batch-id", "ID", false, "which batch (BATCH_ID)" }
#define PRIO_OPT_RULES	{ "compat", "libprio", false, "as libprio and its command line do it (COMPAT)" }, \
	{ "prg", "WORD", false, "sha256-batch, or raw-seed as libprio before 1.7 (PRG)" }, \
	{ "json-style", "WORD", false, "compact or prio-processor (JSON_STYLE)" }
#define PRIO_OPT_POINT	{ "point", "WORD", false, "record, batch, position or position-legacy (POINT)" }, \
	{ "secret", "WORD", false, "per-run or as-given: what points follow from (SECRET)" }, \
	{ "run", "NAME", false, "of the run, the same at both servers, used once; <batch id>/<date> (RUN)" }, \
	{ "submission-date", "DATE", false, "YYYY-MM-DD (SUBMISSION_DATE)" }
#define PRIO_OPT_SERVER	{ "server-id", "A|B", false, "which server this is (SERVER_ID)" }
#define PRIO_OPT_KEYS	{ "private-key-file", "FILE", false, "this server's private key; PRIVATE_KEY_HEX (PRIVATE_KEY_FILE)" }, \
	{ "shared-secret-file", "FILE", false, "what both servers share; SHARED_SECRET (SHARED_SECRET_FILE)" }
#define PRIO_OPT_PUBLIC	{ "public-key-hex-internal", "HEX", false, "this server's (PUBLIC_KEY_HEX_INTERNAL)" }, \
	{ "public-key-hex-external", "HEX", false, "the other one's (PUBLIC_KEY_HEX_EXTERNAL)" }

/* prio_opt(a, name): its value, or NULL; an empty one counts as none. */
const char *prio_opt(const struct args *a, const char *name);
/* prio_need(a, name, out, e): ERR_CONFIG names option and environment when it was not given. */
int prio_need(const struct args *a, const char *name, const char **out, struct err *e);
/* prio_number(a, name, min, max, out, e): 1 given, 0 not (out untouched), -1 ERR_CONFIG. */
int prio_number(const struct args *a, const char *name, int64_t min, int64_t max, int64_t *out, struct err *e);
/* prio_word(a, name, words, n, out, e): one of n words: 1 given, 0 not, -1 ERR_CONFIG. */
int prio_word(const struct args *a, const char *name, const char *const *words, size_t n, int *out, struct err *e);
int prio_side(const struct args *a, enum prio1_side *out, struct err *e);		/* --server-id, needed */
int prio_public_key(const struct args *a, const char *name, uint8_t out[X25519_LEN], struct err *e);	/* 1, 0, -1 */
/* prio_public_text: the same as a dated tree spells it: upper case hex.  0, or -1, also without it. */
int prio_public_text(const struct args *a, const char *name, char out[2 * X25519_LEN + 1], struct err *e);

/*
 * prio_env_hide(): take the secrets SHARED_SECRET, PRIVATE_KEY_HEX and *SECRET_KEY out
 * of the environment, where children and /proc would see them.  First thing a command does.
 * prio_env_secret(out, name, e): what was taken: 1 and a copy without NUL, 0 none, -1.
 */
void prio_env_hide(void);
int prio_env_secret(struct secret *out, const char *name, struct err *e);
/* prio_private_key, prio_shared_secret(a, out, e): from file or environment; raw bytes.  out must be empty. */
int prio_private_key(const struct args *a, struct secret *out, struct err *e);
int prio_shared_secret(const struct args *a, struct secret *out, struct err *e);

/* The switches; with compat = libprio those not given are libprio's. */
struct prio_rules {
	bool	compat;			/* libprio: also for the switches that only runs have */
	enum prio1_point_rule point;
	bool	per_run;
	const char *run;		/* with per_run; borrowed from the arguments, or run_made */
	char	run_made[384];
	enum prio1_prg_key prg;
	enum prio_json_style style;
};
/* prio_rules_read(r, a, points, e): points: the command evaluates, so that a name of the run is needed.
 * r stays where it is. */
int prio_rules_read(struct prio_rules *r, const struct args *a, bool points, struct err *e);
/* prio_rules_switches(r, a, points, e): the same without the name of the run. */
int prio_rules_switches(struct prio_rules *r, const struct args *a, bool points, struct err *e);

/* prio_exit(rc, e): rc, or for -1 how the failure ends, which is told on standard error:
 * prio_exit_code(e): what was asked is wrong, what is there is wrong, or try again. */
int prio_exit(int rc, const struct err *e);
int prio_exit_code(const struct err *e);
#endif
