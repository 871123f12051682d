#include "command.h"

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "cred.h"

#define NAME_MAX_LEN 64
#define MANY ARGS_MAX

static const char consumer[] = "Consumers", owner[] = "Owners", operator[] = "Operators", general[] = "General",
    wallet[] = "Wallets", credential[] = "Credentials", batch[] = "Batches of two servers, over files", dap[] = "Private aggregation (DAP)";

const struct command command_table[] = {
	{ "run", consumer, "SCRIPT --lease ID --input VAR=ASSET...", "submit a script, wait, fetch what it made", 1, 1,
	    run_opts, NEEDS_NODE, c_run },
	{ "submit", consumer, "SCRIPT --lease ID --input VAR=ASSET...", "submit a script and print the job's id", 1, 1,
	    submit_opts, NEEDS_NODE, c_submit },
	{ "status", consumer, "ID", "the state of a job now", 1, 1, NULL, NEEDS_NODE, c_job_status },
	{ "wait", consumer, "ID", "wait for a job and print its output", 1, 1, job_wait_opts, NEEDS_NODE, c_job_wait },
	{ "watch", consumer, "[ID]", "print each phase of a job until its end; of all your jobs", 0, 1, NULL, NEEDS_NODE, c_job_watch },
	{ "logs", consumer, "ID", "what the script printed", 1, 1, job_logs_opts, NEEDS_NODE, c_job_logs },
	{ "get", consumer, "ID [NAME...]", "fetch artifacts, all or by name", 1, MANY, job_get_opts, NEEDS_NODE,
	    c_job_get },
	{ "cancel", consumer, "ID", "end a job", 1, 1, NULL, NEEDS_NODE, c_job_cancel },
	{ "purge", consumer, "ID", "end a job, or remove a finished one's output", 1, 1, NULL, NEEDS_NODE, c_job_purge },
	{ "ls", consumer, "", "your jobs, newest first", 0, 0, job_list_opts, NEEDS_NODE, c_job_list },
	{ "products", consumer, "", "what can be leased", 0, 0, product_list_opts, NEEDS_NODE, c_product_list },
	{ "lease request", consumer, "PRODUCT --price AMOUNT --duration TIME", "ask for a lease", 1, 1,
	    lease_request_opts, NEEDS_NODE, c_lease_request },
	{ "lease ls", consumer, "", "leases that you hold or gave", 0, 0, lease_list_opts, NEEDS_NODE, c_lease_list },
	{ "lease show", consumer, "ID", "one lease", 1, 1, NULL, NEEDS_NODE, c_lease_show },
	{ "lease dispute", consumer, "ID --reason TEXT", "say that something is wrong: no job starts until it is settled", 1, 1,
	    reason_opts, NEEDS_NODE, c_lease_dispute },

	{ "asset put", owner, "ASSET FILE", "store an asset, or its next version", 2, 2, asset_put_opts, NEEDS_NODE,
	    c_asset_put },
	{ "asset ls", owner, "", "your assets", 0, 0, limit_opts, NEEDS_NODE, c_asset_list },
	{ "asset show", owner, "ASSET", "one asset", 1, 1, NULL, NEEDS_NODE, c_asset_show },
	{ "asset set", owner, "ASSET", "change what is known about an asset", 1, 1, asset_set_opts, NEEDS_NODE,
	    c_asset_set },
	{ "asset rm", owner, "ASSET", "remove an asset; jobs over it end", 1, 1, NULL, NEEDS_NODE, c_asset_remove },
	{ "product set", owner, "DID --name TEXT --type TEXT --asset ASSET...", "offer assets as a product", 1, 1,
	    product_set_opts, NEEDS_NODE, c_product_set },
	{ "product ls", owner, "", "what can be leased", 0, 0, product_list_opts, NEEDS_NODE, c_product_list },
	{ "product rm", owner, "DID", "stop offering a product", 1, 1, NULL, NEEDS_NODE, c_product_remove },
	{ "template set", owner, "TASK SCRIPT", "let consumers run a script by name", 2, 2, template_set_opts, NEEDS_NODE, c_template_set },
	{ "template ls", owner, "", "scripts to be run by name", 0, 0, NULL, NEEDS_NODE, c_template_list },
	{ "template rm", owner, "TASK", "stop offering a script", 1, 1, NULL, NEEDS_NODE, c_template_remove },
	{ "lease grant", owner, "--to WHO --asset ASSET... --expires TIME", "give a lease without a proposal", 0, 0,
	    lease_grant_opts, NEEDS_NODE, c_lease_grant },
	{ "lease approve", owner, "ID", "approve a proposal", 1, 1, lease_approve_opts, NEEDS_NODE, c_lease_approve },
	{ "lease reject", owner, "ID", "reject a proposal", 1, 1, reason_opts, NEEDS_NODE, c_lease_reject },
	{ "lease revoke", owner, "ID", "end a lease; its jobs end too", 1, 1, reason_opts, NEEDS_NODE, c_lease_revoke },
	{ "lease settle", owner, "ID", "close its disputes; operators may, too", 1, 1, lease_settle_opts, NEEDS_NODE, c_lease_settle },
	{ "job ls", owner, "", "jobs over your assets", 0, 0, job_list_opts, NEEDS_NODE, c_own_list },
	{ "job show", owner, "ID", "the full record of a job", 1, 1, NULL, NEEDS_NODE, c_job_show },
	{ "job kill", owner, "ID", "end a job", 1, 1, NULL, NEEDS_NODE, c_job_cancel },
	{ "job release", owner, "ID", "let held output go", 1, 1, reason_opts, NEEDS_NODE, c_job_release },
	{ "job withhold", owner, "ID", "refuse held output", 1, 1, reason_opts, NEEDS_NODE, c_job_withhold },

	{ "wallet create", wallet, "WALLET --method WORD", "make a wallet", 1, 1, wallet_create_opts, NEEDS_NODE, c_credential },
	{ "wallet ls", wallet, "", "wallets of yours", 0, 0, limit_opts, NEEDS_NODE, c_wallet_list },
	{ "wallet unlock", wallet, "WALLET --out FILE", "a handle with which its operations run", 1, 1, wallet_unlock_opts, NEEDS_NODE, c_credential },
	{ "wallet lock", wallet, "WALLET", "end its handles", 1, 1, cred_plain_opts, NEEDS_NODE, c_credential },
	{ "wallet rm", wallet, "WALLET", "remove a wallet and all that is in it", 1, 1, cred_plain_opts, NEEDS_NODE, c_credential },
	{ "wallet rekey", wallet, "WALLET --new-method WORD", "another key for it", 1, 1, wallet_rekey_opts, NEEDS_NODE, c_credential },
	{ "wallet export", wallet, "WALLET FILE --method WORD", "all that is in it, as a file", 2, 2, wallet_export_opts, NEEDS_NODE, c_wallet_export },
	{ "wallet import", wallet, "WALLET FILE --method WORD", "make a wallet of an export", 2, 2, wallet_import_opts, NEEDS_NODE, c_wallet_import },
	{ "wallet put", wallet, "WALLET TYPE ID --value-from FILE", "store a record", 3, 3, wallet_put_opts, NEEDS_NODE, c_credential },
	{ "wallet get", wallet, "WALLET TYPE ID", "one record", 3, 3, cred_plain_opts, NEEDS_NODE, c_credential },
	{ "wallet del", wallet, "WALLET TYPE ID", "remove a record", 3, 3, cred_plain_opts, NEEDS_NODE, c_credential },
	{ "wallet search", wallet, "WALLET TYPE --query FILE", "records by their tags", 2, 2, wallet_search_opts, NEEDS_NODE, c_credential },
	{ "wallet did", wallet, "WALLET", "make a DID and its key", 1, 1, wallet_did_opts, NEEDS_NODE, c_credential },
	{ "wallet dids", wallet, "WALLET", "its DIDs", 1, 1, cred_plain_opts, NEEDS_NODE, c_credential },
	{ "wallet did-show", wallet, "WALLET DID", "one DID", 2, 2, cred_plain_opts, NEEDS_NODE, c_credential },
	{ "wallet rotate", wallet, "WALLET DID", "a new key for a DID, not yet in use", 2, 2, wallet_seed_opts, NEEDS_NODE, c_credential },
	{ "wallet rotate-apply", wallet, "WALLET DID", "use the new key", 2, 2, cred_plain_opts, NEEDS_NODE, c_credential },
	{ "wallet their-did", wallet, "WALLET DID", "remember the DID of another", 2, 2, wallet_their_opts, NEEDS_NODE, c_credential },
	{ "wallet key", wallet, "WALLET", "make a key", 1, 1, wallet_seed_opts, NEEDS_NODE, c_credential },
	{ "wallet sign", wallet, "WALLET VERKEY FILE", "sign the bytes of a file", 3, 3, cred_plain_opts, NEEDS_NODE, c_credential },
	{ "wallet pack", wallet, "WALLET FILE --to VERKEY...", "a message that only its recipients read", 2, 2, wallet_pack_opts, NEEDS_NODE, c_credential },
	{ "wallet unpack", wallet, "WALLET FILE", "read a packed message", 2, 2, cred_plain_opts, NEEDS_NODE, c_credential },
	{ "wallet link-secret", wallet, "WALLET [NAME]", "make the secret that binds credentials", 1, 2, wallet_link_opts, NEEDS_NODE, c_credential },
	{ "credential schema", credential, "NAME VERSION --issuer DID --attr NAME...", "make a schema", 2, 2, cred_schema_opts, NEEDS_NODE, c_credential },
	{ "credential definition", credential, "TAG --wallet WALLET --issuer DID --schema FILE", "make the keys of a definition", 1, 1, cred_definition_opts, NEEDS_NODE, c_credential },
	{ "credential rotate", credential, "ID --wallet WALLET", "new keys for a definition, not yet in use", 1, 1, cred_wallet_opts, NEEDS_NODE, c_credential },
	{ "credential rotate-apply", credential, "ID --wallet WALLET", "use the new keys", 1, 1, cred_wallet_opts, NEEDS_NODE, c_credential },
	{ "credential registry", credential, "TAG --wallet WALLET --definition ID --registry-size N", "make a revocation registry", 1, 1, cred_registry_opts, NEEDS_NODE, c_credential },
	{ "credential offer", credential, "DEFINITION --wallet WALLET", "offer a credential", 1, 1, cred_wallet_opts, NEEDS_NODE, c_credential },
	{ "credential request", credential, "--wallet WALLET --link-secret NAME --offer FILE --cred-def FILE", "answer an offer", 0, 0, cred_request_opts, NEEDS_NODE, c_credential },
	{ "credential issue", credential, "--wallet WALLET --offer FILE --request FILE --values FILE", "issue a credential", 0, 0, cred_issue_opts, NEEDS_NODE, c_credential },
	{ "credential store", credential, "--wallet WALLET --credential FILE --cred-def FILE", "check a credential and keep it", 0, 0, cred_store_opts, NEEDS_NODE, c_credential },
	{ "credential revoke", credential, "REGISTRY --index N...", "revoke credentials", 1, 1, cred_revoke_opts, NEEDS_NODE, c_credential },
	{ "credential unrevoke", credential, "REGISTRY --index N...", "take a revocation back", 1, 1, cred_revoke_opts, NEEDS_NODE, c_credential },
	{ "credential status", credential, "REGISTRY", "the status list as of now, made anew", 1, 1, cred_status_opts, NEEDS_NODE, c_credential },
	{ "credential status-show", credential, "REGISTRY", "the status list at a time", 1, 1, cred_show_status_opts, NEEDS_NODE, c_credential_status_show },
	{ "credential witness", credential, "--rev-reg-def FILE --rev-index N --status-list FILE --tails HASH", "what proves that it is not revoked", 0, 0, cred_witness_opts, NEEDS_NODE, c_credential },
	{ "credential present", credential, "--wallet WALLET --link-secret NAME --request FILE --selection FILE", "make a presentation", 0, 0, cred_present_opts, NEEDS_NODE, c_credential },
	{ "credential verify", credential, "--request FILE --presentation FILE", "check a presentation", 0, 0, cred_verify_opts, NEEDS_NODE, c_credential },
	{ "credential show", credential, "WHAT [ID]", "a schema, definition or registry, or all of them", 1, 2, cred_show_opts, NEEDS_NODE, c_credential_show },
	{ "credential tails", credential, "HASH FILE", "fetch a tails file", 2, 2, NULL, NEEDS_NODE, c_tails_get },
	{ "credential tails-put", credential, "FILE", "check and keep a tails file", 1, 1, cred_show_opts, NEEDS_NODE, c_tails_put },
	{ "credential abbreviate", credential, "DID VERKEY", "the short form of a key", 2, 2, cred_plain_opts, NEEDS_NODE, c_credential },
	{ "credential check-signature", credential, "VERKEY FILE SIGNATURE", "is a signature right", 3, 3, cred_plain_opts, NEEDS_NODE, c_credential },
	{ "credential primes", credential, "", "fill the pool of primes (operators)", 0, 0, cred_primes_opts, NEEDS_NODE, c_credential },
	{ "credential run", credential, "KIND --args FILE", "run any kind by name, or by the name that Indy has for it", 1, 1, cred_run_opts, NEEDS_NODE, c_credential_run },
	{ "credential jobs", credential, "", "your jobs, newest first", 0, 0, cred_jobs_opts, NEEDS_NODE, c_credential_jobs },
	{ "credential job", credential, "ID", "one job", 1, 1, NULL, NEEDS_NODE, c_credential_job },
	{ "credential cancel", credential, "ID", "end a job", 1, 1, NULL, NEEDS_NODE, c_credential_cancel },

	{ "dap task", dap, "FILE", "check a task; make the files of all its parties", 1, 1, dap_task_opts, NEEDS_NOTHING, c_dap_task },
	{ "dap keygen", dap, "FILE", "make a collector's key and print its configuration", 1, 1, dap_keygen_opts, NEEDS_NOTHING, c_dap_keygen },
	{ "dap upload", dap, "[MEASUREMENT...] --task FILE", "split measurements and send them; a line of standard input each", 0, MANY,
	    dap_upload_opts, NEEDS_NOTHING, c_dap_upload },
	{ "dap collect", dap, "--task FILE --query QUERY", "ask for a batch, wait, and print its sum", 0, 0, dap_collect_opts,
	    NEEDS_NOTHING, c_dap_collect },
	{ "collect", dap, "--task FILE --query QUERY", "the same", 0, 0, dap_collect_opts, NEEDS_NOTHING, c_dap_collect },

	{ "prio shared-seed", batch, "", "make the secret that two servers share", 0, 0, NULL, NEEDS_NOTHING, c_prio_shared_seed },
	{ "prio keygen", batch, "", "make a server's key pair", 0, 0, NULL, NEEDS_NOTHING, c_prio_keygen },
	{ "prio encode-shares", batch, "", "answers to sealed shares, as a client does", 0, 0, prio_encode_opts, NEEDS_NOTHING, c_prio_encode_shares },
	{ "prio verify1", batch, "", "open a file of shares, evaluate each proof", 0, 0, prio_verify1_opts, NEEDS_NOTHING, c_prio_verify1 },
	{ "prio verify2", batch, "", "with the other server's packets, this one's share of each verdict", 0, 0, prio_verify2_opts, NEEDS_NOTHING, c_prio_verify2 },
	{ "prio aggregate", batch, "", "add up the shares of accepted records", 0, 0, prio_verify2_opts, NEEDS_NOTHING, c_prio_aggregate },
	{ "prio publish", batch, "", "both servers' aggregates to the sums", 0, 0, prio_publish_opts, NEEDS_NOTHING, c_prio_publish },
	{ "prio preprocess", batch, "FILE...", "pings of clients to parts for two servers", 0, MANY, prio_preprocess_opts, NEEDS_NOTHING, c_prio_preprocess },
	{ "prio run", batch, "", "all stages of one server, waiting for the other", 0, 0, prio_run_opts, NEEDS_NOTHING, c_prio_run },
	{ "prio index", batch, "", "sums as lines, each with its origin", 0, 0, prio_index_opts, NEEDS_NOTHING, c_prio_index },
	{ "prio schedule add", batch, "NAME", "jobs of the node at times of a cron line, by default a run each night", 1, 1, prio_schedule_opts, NEEDS_NODE, c_prio_schedule_add },
	{ "prio schedule list", batch, "", "schedules of the node", 0, 0, limit_opts, NEEDS_NODE, c_prio_schedule_list },
	{ "prio schedule disable", batch, "NAME", "no more jobs of a schedule", 1, 1, NULL, NEEDS_NODE, c_prio_schedule_disable },
	{ "prio schedule fire", batch, "NAME", "the job of a schedule now", 1, 1, NULL, NEEDS_NODE, c_prio_schedule_fire },

	{ "principal add", operator, "NAME --role ROLE... --key KEY...", "make a principal", 1, 1, principal_add_opts,
	    NEEDS_NODE, c_principal_add },
	{ "principal ls", operator, "", "principals and their roles", 0, 0, limit_opts, NEEDS_NODE, c_principal_list },
	{ "principal off", operator, "ID", "refuse a principal from now on", 1, 1, NULL, NEEDS_NODE, c_principal_off },
	{ "principal on", operator, "ID", "admit it again", 1, 1, NULL, NEEDS_NODE, c_principal_on },
	{ "key add", operator, "PRINCIPAL KEY...", "add keys to a principal", 2, MANY, NULL, NEEDS_NODE, c_key_add },
	{ "key rm", operator, "PRINCIPAL PEER", "remove a key", 2, 2, NULL, NEEDS_NODE, c_key_remove },
	{ "keys rewrap", operator, "", "seal what rests under another node key anew", 0, 0, keys_rewrap_opts, NEEDS_NODE, c_keys_rewrap },
	{ "keys drop", operator, "FOLDER", "remove the node key that nothing needs any more", 1, 1, NULL, NEEDS_NODE, c_keys_drop },
	{ "image allow", operator, "NAME DIGEST", "let an image run", 2, 2, image_allow_opts, NEEDS_NODE, c_image_allow },
	{ "image deny", operator, "NAME DIGEST", "let it run no more", 2, 2, NULL, NEEDS_NODE, c_image_deny },
	{ "image ls", operator, "", "images and which may run", 0, 0, NULL, NEEDS_NODE, c_image_list },
	{ "aggregate task add", operator, "-f FILE", "make a task of aggregation of its description", 0, 0, agg_task_opts, NEEDS_NODE, c_agg_task_add },
	{ "aggregate task list", operator, "", "tasks of aggregation", 0, 0, limit_opts, NEEDS_NODE, c_agg_task_list },
	{ "aggregate task show", operator, "TASK", "one task, without its secrets", 1, 1, NULL, NEEDS_NODE, c_agg_task_show },
	{ "aggregate task remove", operator, "TASK", "take no more reports for a task", 1, 1, NULL, NEEDS_NODE, c_agg_task_remove },
	{ "aggregate task counters", operator, "TASK", "what became of its reports", 1, 1, NULL, NEEDS_NODE, c_agg_task_counters },
	{ "aggregate status", operator, "", "tasks, what waits and what became of their reports, and runs of prio1", 0, 0, NULL, NEEDS_NODE, c_agg_status },
	{ "lane ls", operator, "", "lanes of the queue", 0, 0, NULL, NEEDS_NODE, c_lane_list },
	{ "lane size", operator, "LANE N", "jobs that may run in a lane at once", 2, 2, NULL, NEEDS_NODE, c_lane_size },
	{ "lane pause", operator, "LANE", "start nothing in a lane", 1, 1, NULL, NEEDS_NODE, c_lane_pause },
	{ "lane resume", operator, "LANE", "start jobs again", 1, 1, NULL, NEEDS_NODE, c_lane_resume },
	{ "pool", operator, "", "workers and their containers", 0, 0, NULL, NEEDS_NODE, c_pool },
	{ "top", operator, "", "queue and workers, again and again", 0, 0, top_opts, NEEDS_NODE, c_top },

	{ "health", general, "", "can the node work? (exit 75 when not)", 0, 0, NULL, NEEDS_NODE, c_health },
	{ "login", general, "--url URL --key-file FILE", "keep which node and which key", 0, 0, NULL, NEEDS_NODE,
	    c_login },
	{ "key new", general, "FILE", "make a private key and print its peer id", 1, 1, key_new_opts, NEEDS_NOTHING,
	    c_key_new },
	{ "key show", general, "[FILE]", "print the peer id of a private key", 0, 1, key_show_opts, NEEDS_NOTHING,
	    c_key_show },
	{ "token new", general, "NAME --scope SCOPE... --expires TIME", "make a bearer token, shown once", 1, 1,
	    token_new_opts, NEEDS_NODE, c_token_new },
	{ "token ls", general, "", "your live tokens", 0, 0, NULL, NEEDS_NODE, c_token_list },
	{ "token rm", general, "ID", "end a token", 1, 1, NULL, NEEDS_NODE, c_token_remove },
	{ "complete", general, "-- WORD...", "what may follow, for the shells' completion", 0, MANY, NULL, NEEDS_NOTHING,
	    c_complete },
	{ "help", general, "[COMMAND]", "this list, or one command", 0, COMMAND_WORDS, NULL, NEEDS_NOTHING, c_help },
	{ .name = NULL },
};

const struct host_tool host_tools[] = {
	{ "migrate", "darkroom-migrate", "bring the database up to date" },
	{ "keys", "darkroom-keys", "make the keys of the credential service, and the next node key" },
	{ "image", "darkroom-image", "build images: image build NAME, image path NAME" },
	{ "doctor", "darkroom-doctor", "what this host lacks for containers" },
	{ .name = NULL },
};

const struct opt command_opts[] = {
	{ "json", NULL, false, "print JSON" },
	{ "quiet", NULL, false, "nothing on standard error but errors" },
	{ "help", NULL, false, "how to use this command" },
	{ "version", NULL, false, "print the version" },
	{ .name = NULL },
};

/* "lease grant" for the first n words of argv; "" when it does not fit. */
static const char *
join(char out[NAME_MAX_LEN], int n, char **argv)
{
	size_t len = 0;

	out[0] = '\0';
	for (int i = 0; i < n && len < NAME_MAX_LEN; i++)
		len += (size_t)snprintf(out + len, NAME_MAX_LEN - len, "%s%s", i > 0 ? " " : "", argv[i]);
	if (len >= NAME_MAX_LEN)
		out[0] = '\0';
	return out;
}

const struct command *
command_find(int argc, char **argv, int *words)
{
	char name[NAME_MAX_LEN];

	for (int n = argc > COMMAND_WORDS ? COMMAND_WORDS : argc; n > 0; n--) {
		join(name, n, argv);
		for (const struct command *cmd = command_table; cmd->name != NULL; cmd++) {
			if (strcmp(cmd->name, name) != 0)
				continue;
			*words = n;
			return cmd;
		}
	}
	return NULL;
}

/* Levenshtein distance of two short names. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LEN + 1], lb = strlen(b);

	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);
			size_t gap = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = change < gap ? change : gap;
		}
	}
	return row[lb];
}

const char *
command_nearest(int argc, char **argv)
{
	const char *best = NULL;
	size_t least = SIZE_MAX;

	for (int n = argc > COMMAND_WORDS ? COMMAND_WORDS : argc; n > 0; n--) {
		char name[NAME_MAX_LEN];

		join(name, n, argv);
		for (const struct command *cmd = command_table; cmd->name != NULL; cmd++) {
			size_t d = distance(name, cmd->name);

			if (d < least && d <= (strlen(name) + 1) / 2) {
				least = d;
				best = cmd->name;
			}
		}
	}
	return best;
}

static void
print_opts(const struct opt *opts)
{
	for (const struct opt *o = opts; o->name != NULL; o++) {
		char left[48];

		snprintf(left, sizeof(left), "--%s%s%s%s", o->name, o->arg != NULL ? " " : "",
		    o->arg != NULL ? o->arg : "", o->many ? "..." : "");
		printf("  %-22s %s\n", left, o->help);
	}
}

void
command_help(const struct command *cmd)
{
	printf("darkroom %s%s%s\n%s\n", cmd->name, *cmd->usage != '\0' ? " " : "", cmd->usage, cmd->summary);
	if (cmd->opts != NULL) {
		printf("\n");
		print_opts(cmd->opts);
	}
	printf("\nEvery command:\n");
	print_opts(settings_opts);
	print_opts(command_opts);
}

int
command_help_group(const char *word)
{
	size_t n = strlen(word);
	int count = 0;

	for (const struct command *cmd = command_table; cmd->name != NULL; cmd++) {
		if (strncmp(cmd->name, word, n) != 0 || cmd->name[n] != ' ')
			continue;
		printf("  %-27s %s\n", cmd->name, cmd->summary);
		count++;
	}
	return count;
}

void
command_overview(void)
{
	const char *group = "";

	printf("usage: darkroom COMMAND [WORDS] [--options]\n");
	for (const struct command *cmd = command_table; cmd->name != NULL; cmd++) {
		if (strcmp(group, cmd->group) != 0)
			printf("\n%s\n", cmd->group);
		group = cmd->group;
		printf("  %-27s %s\n", cmd->name, cmd->summary);
	}
	printf("\nOn the node's host\n");
	for (const struct host_tool *t = host_tools; t->name != NULL; t++)
		printf("  %-27s %s\n", t->name, t->summary);
	printf("\nEvery command\n");
	print_opts(settings_opts);
	print_opts(command_opts);
	printf("\ndarkroom help COMMAND tells more.\n");
}
