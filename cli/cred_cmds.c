#include "cred.h"

/* Every command of wallets and credentials that is one route. */
#define C	"/api/v1/credentials"
#define W	"/api/v1/wallets"

const struct cred_cmd cred_cmds[] = {
	{ "wallet create", "POST", W, { "wallet-name" }, "key-from" },
	{ "wallet unlock", "POST", W "/%/unlock", { NULL }, "key-from" },
	{ "wallet lock", "POST", W "/%/lock", { NULL }, NULL },
	{ "wallet rm", "DELETE", W "/%", { NULL }, NULL },
	{ "wallet rekey", "POST", W "/%/rekey", { NULL }, "new-key-from" },
	{ "wallet put", "PUT", W "/%/records/%/%", { NULL }, NULL },
	{ "wallet get", "GET", W "/%/records/%/%", { NULL }, NULL },
	{ "wallet del", "DELETE", W "/%/records/%/%", { NULL }, NULL },
	{ "wallet search", "POST", W "/%/records/search", { "type" }, NULL },
	{ "wallet did", "POST", W "/%/dids", { NULL }, NULL },
	{ "wallet dids", "GET", W "/%/dids", { NULL }, NULL },
	{ "wallet did-show", "GET", W "/%/dids/%", { NULL }, NULL },
	{ "wallet rotate", "POST", W "/%/dids/%/rotate", { NULL }, NULL },
	{ "wallet rotate-apply", "POST", W "/%/dids/%/rotate/apply", { NULL }, NULL },
	{ "wallet their-did", "PUT", W "/%/their-dids/%", { NULL }, NULL },
	{ "wallet key", "POST", W "/%/keys", { NULL }, NULL },
	{ "wallet sign", "POST", W "/%/sign", { "verkey", "message" }, NULL },
	{ "wallet pack", "POST", W "/%/pack", { "message" }, NULL },
	{ "wallet unpack", "POST", W "/%/unpack", { "envelope" }, NULL },
	{ "wallet link-secret", "POST", W "/%/link-secrets", { "name" }, NULL },
	{ "wallet export", "POST", W "/%/export", { NULL }, "key-from" },
	{ "wallet import", "POST", W "/import", { NULL }, "export-key-from" },
	{ "credential abbreviate", "POST", C "/abbreviate", { "did", "verkey" }, NULL },
	{ "credential check-signature", "POST", C "/verify-signature", { "verkey", "message", "signature" }, NULL },
	{ "credential schema", "POST", C "/schemas", { "name", "version" }, NULL },
	{ "credential definition", "POST", C "/definitions", { "tag" }, NULL },
	{ "credential rotate", "POST", C "/definitions/%/rotate", { NULL }, NULL },
	{ "credential rotate-apply", "POST", C "/definitions/%/rotate/apply", { NULL }, NULL },
	{ "credential offer", "POST", C "/offers", { "definition" }, NULL },
	{ "credential issue", "POST", C "/issue", { NULL }, NULL },
	{ "credential registry", "POST", C "/registries", { "tag" }, NULL },
	{ "credential revoke", "POST", C "/registries/%/revoke", { NULL }, NULL },
	{ "credential unrevoke", "POST", C "/registries/%/unrevoke", { NULL }, NULL },
	{ "credential status", "POST", C "/registries/%/status-lists", { NULL }, NULL },
	{ "credential primes", "POST", C "/primes/fill", { NULL }, NULL },
	{ "credential request", "POST", C "/requests", { NULL }, NULL },
	{ "credential store", "POST", C "/store", { NULL }, NULL },
	{ "credential witness", "POST", C "/witnesses", { NULL }, NULL },
	{ "credential present", "POST", C "/presentations", { NULL }, NULL },
	{ "credential verify", "POST", C "/presentations/verify", { NULL }, NULL },
	{ .name = NULL },
};

#define END	{ .name = NULL }
#define OUT		{ "out", "FILE", false, "write the result there, mode 0600" }
#define COMMON \
	{ "unlock", "FILE", false, "file with the handle that unlocks the wallet; - is standard input" }, \
	{ "no-wait", NULL, false, "print the job and do not wait for it" }, \
	OUT
#define KEY(opt, of)	{ opt, "FILE", false, "file with " of "; - is standard input; without it the terminal is asked" }
#define JSON(opt, of)	{ opt, "FILE", false, "JSON file: " of }
#define WALLET		{ "wallet", "WALLET", false, "the wallet" }
#define SEED		{ "seed-from", "FILE", false, "file with a seed; - is standard input" }
#define METHOD		{ "method", "WORD", false, "argon2i_mod, argon2i_int, raw or managed" }

const struct opt cred_plain_opts[] = { COMMON, END };
const struct opt cred_wallet_opts[] = { WALLET, COMMON, END };
const struct opt wallet_create_opts[] = { METHOD, KEY("key-from", "the key"), COMMON, END };
const struct opt wallet_unlock_opts[] = {
	KEY("key-from", "the key"), { "ttl", "SECONDS", false, "how long the handle is good (3600)" }, COMMON, END,
};
const struct opt wallet_rekey_opts[] = {
	{ "new-method", "WORD", false, "argon2i_mod, argon2i_int, raw or managed" }, KEY("new-key-from", "the new key"), COMMON, END,
};
const struct opt wallet_export_opts[] = { METHOD, KEY("key-from", "the key of the export"), COMMON, END };
const struct opt wallet_import_opts[] = {
	METHOD, KEY("key-from", "the key of the new wallet"), KEY("export-key-from", "the key of the export"), COMMON, END,
};
const struct opt wallet_put_opts[] = {
	{ "value-from", "FILE", false, "file with the value; - is standard input" },
	{ "label", "NAME=VALUE", true, "a tag to find it by; a name that begins with ~ is kept in clear" }, COMMON, END,
};
const struct opt wallet_search_opts[] = {
	JSON("query", "what to look for, in WQL"), { "limit", "N", false, "records at most (50)" },
	{ "cursor", "TEXT", false, "where the page before ended" }, COMMON, END,
};
const struct opt wallet_did_opts[] = {
	SEED, { "did", "DID", false, "its name; made of the key when absent" }, { "cid", NULL, false, "the whole key is the DID" },
	{ "method-name", "WORD", false, "did:WORD: before it" }, { "crypto-type", "WORD", false, "ed25519" }, COMMON, END,
};
const struct opt wallet_seed_opts[] = { SEED, { "crypto-type", "WORD", false, "ed25519" }, COMMON, END };
const struct opt wallet_their_opts[] = { { "verkey", "KEY", false, "its key; absent: the DID is the key" }, COMMON, END };
const struct opt wallet_pack_opts[] = {
	{ "to", "VERKEY", true, "who may read it" }, { "sender", "VERKEY", false, "key of the wallet that it is from" }, COMMON, END,
};
const struct opt wallet_link_opts[] = {
	{ "secret-from", "FILE", false, "file with its value in another wallet; - is standard input" }, COMMON, END,
};
const struct opt cred_schema_opts[] = {
	{ "issuer", "DID", false, "who issues" }, { "attr", "NAME", true, "an attribute" }, COMMON, END,
};
const struct opt cred_definition_opts[] = {
	WALLET, { "issuer", "DID", false, "who issues" }, JSON("schema", "the schema"),
	{ "revocable", NULL, false, "credentials can be revoked" }, { "bits", "N", false, "2048 or 3072" },
	{ "auto", NULL, false, "make registries ahead of need" }, COMMON, END,
};
const struct opt cred_issue_opts[] = {
	WALLET, JSON("offer", "the offer"), JSON("request", "the request"), JSON("values", "name to value"),
	{ "registry", "ID", false, "revocation registry; absent: the active one" }, COMMON, END,
};
const struct opt cred_registry_opts[] = {
	WALLET, { "definition", "ID", false, "credential definition" }, { "registry-size", "N", false, "credentials at most, 2 to 1,000,000" },
	{ "issuance", "WORD", false, "by_default or on_demand" }, { "tails-location", "URL", false, "where holders find the tails" }, COMMON, END,
};
const struct opt cred_revoke_opts[] = {
	{ "index", "N", true, "index in the registry" }, { "timestamp", "SECONDS", false, "of the new list (now)" }, COMMON, END,
};
const struct opt cred_status_opts[] = { { "timestamp", "SECONDS", false, "of the new list (now)" }, COMMON, END };
const struct opt cred_show_opts[] = { OUT, END };
const struct opt cred_show_status_opts[] = { { "at", "SECONDS", false, "the list of that time (the newest)" }, OUT, END };
const struct opt cred_primes_opts[] = { { "bits", "N", false, "2048 or 3072" }, COMMON, END };
const struct opt keys_rewrap_opts[] = { { "dry-run", NULL, false, "count, and change nothing" }, END };
const struct opt cred_request_opts[] = {
	WALLET, { "link-secret", "NAME", false, "name of the link secret" }, JSON("offer", "the offer"), JSON("cred-def", "the definition"),
	{ "prover-did", "DID", false, "the holder's" }, { "entropy-from", "FILE", false, "file with text instead of a DID" }, COMMON, END,
};
const struct opt cred_store_opts[] = {
	WALLET, JSON("credential", "the credential"), JSON("cred-def", "the definition"), JSON("rev-reg-def", "the registry"), COMMON, END,
};
const struct opt cred_witness_opts[] = {
	JSON("rev-reg-def", "the registry"), { "rev-index", "N", false, "index of the credential" }, JSON("status-list", "the newest list"),
	JSON("old-state", "the witness before"), JSON("old-status-list", "the list that was made of"),
	{ "tails", "HASH", false, "hash of the tails here, or their address" }, COMMON, END,
};
const struct opt cred_present_opts[] = {
	WALLET, { "link-secret", "NAME", false, "name of the link secret" }, JSON("request", "what is to be proven"),
	JSON("selection", "with which credentials"), JSON("schemas", "by id"), JSON("cred-defs", "by id"), JSON("states", "witnesses"),
	JSON("self-attested", "referent to value"), COMMON, END,
};
const struct opt cred_verify_opts[] = {
	JSON("request", "the verifier's own"), JSON("presentation", "what came"), JSON("schemas", "by id"), JSON("cred-defs", "by id"),
	JSON("rev-reg-defs", "by id"), JSON("status-lists", "by id"), { "legacy-revocation", NULL, false, "take old proofs of non-revocation" }, COMMON, END,
};
const struct opt cred_jobs_opts[] = {
	{ "kind", "KIND", false, "of this kind" }, { "wallet", "WALLET", false, "of this wallet" },
	{ "state", "WORD", false, "queued, running, completed, failed or cancelled" }, { "limit", "N", false, "rows at most (50)" }, END,
};
const struct opt cred_run_opts[] = { JSON("args", "what the kind takes"), COMMON, END };
