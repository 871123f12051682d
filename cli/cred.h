#ifndef CLI_CRED_H
#define CLI_CRED_H
#include <json-c/json.h>
#include "args.h"
#include "cli.h"
/*
 * Commands of wallets and credentials.  Each is one route of the node, so that
 * a row says all of it: what is put together is the same for every command.
 */
struct cred_cmd {
	const char *name;	/* of the command */
	const char *method;
	const char *path;	/* each % takes the next word of the command line */
	const char *words[3];	/* members that the words after those are, NULL-terminated */
	const char *ask;	/* option of a secret that is asked for when it is not given; NULL: none */
};
extern const struct cred_cmd cred_cmds[];	/* ends with name NULL */

/* Options of their commands, for the table of commands. */
extern const struct opt wallet_create_opts[], wallet_unlock_opts[], wallet_rekey_opts[], wallet_export_opts[],
    wallet_import_opts[], wallet_put_opts[], wallet_search_opts[], wallet_did_opts[], wallet_seed_opts[],
    wallet_their_opts[], wallet_pack_opts[], wallet_link_opts[], cred_plain_opts[], cred_schema_opts[],
    cred_definition_opts[], cred_wallet_opts[], cred_issue_opts[], cred_registry_opts[], cred_revoke_opts[],
    cred_status_opts[], cred_request_opts[], cred_store_opts[], cred_witness_opts[], cred_present_opts[],
    cred_verify_opts[], cred_show_opts[], cred_show_status_opts[], cred_primes_opts[], keys_rewrap_opts[], cred_jobs_opts[], cred_run_opts[];

/**
 * cred_body(body, cmd, a, first, e):
 * Add to body what the words of the command line from first on and its options
 * say.  Secrets come from files, standard input ("-") or the terminal, never
 * from the command line itself.
 *
 * Returns 0, or -1 with ERR_CONFIG naming the option or file.
 */
int cred_body(struct json_object *body, const struct cred_cmd *cmd, const struct args *a, size_t first, struct err *e);
/*
 * cred_send(c, method, target, body, a, out, e): make the job and wait for it
 * (--no-wait: do not), with the handle of --unlock.  *out is the caller's: the
 * result, or the job while it goes on.  0, or -1 with the error of the job.
 */
int cred_send(struct cli *c, const char *method, const struct buf *target, struct json_object *body, const struct args *a,
    struct json_object **out, struct err *e);
/* cred_print(c, o, a, e): to standard output, or to the file of --out, mode 0600. */
int cred_print(struct cli *c, struct json_object *o, const struct args *a, struct err *e);
#endif
