#include "cred.h"
#include <string.h>

/*
 * Every kind that a caller may run: one row each, and above it what a request
 * may carry.  Rows only bound the form of what came; objects (schemas, offers,
 * proofs, ...) go as they are, and whoever computes with them parses them.
 */
#define KIB		INT64_C(1024)
#define VALUE_MAX	(768 * KIB)		/* of a record, of a message as base64 */
#define TAGS_MAX	(64 * KIB)
#define KEY_MAX		1024
#define DID_MAX		256
#define ID_MAX		512			/* of schemas, definitions, registries */
#define NAME_MAX	256
#define TTL_MAX_S	86400
#define BATCH_MAX	1000			/* presentations of one job */
#define OBJECTS_MAX	256			/* status lists given to one call */
#define INDEX_MAX	1000000			/* of a registry */
#define TIME_MAX	INT64_C(253402300799)	/* seconds: the year 9999 */

static const char *const methods[] = { "argon2i_mod", "argon2i_int", "raw", "managed", NULL };
static const char *const export_methods[] = { "argon2i_mod", "argon2i_int", "raw", NULL };
static const char *const issuances[] = { "by_default", "on_demand", NULL };

/* ---- wallets, records, keys ------------------------------------------------ */
#define WALLET	{ .name = "wallet", .check = f_name, .need = true }
#define SEED	{ .name = "seed", .check = f_text, .min = 1, .max = 128, .secret = true }
#define CRYPTO	{ .name = "crypto_type", .check = f_text, .min = 1, .max = 32 }
#define END	{ .name = NULL }

static const struct field wallet[] = { WALLET, END };

static const struct field wallet_create[] = {
	{ .name = "id", .check = f_name, .need = true },
	{ .name = "method", .check = f_word, .need = true, .arg = methods },
	{ .name = "key", .check = f_text, .min = 1, .max = KEY_MAX, .secret = true },
	END,
};
static const struct field wallet_unlock[] = {
	{ .name = "key", .check = f_text, .min = 1, .max = KEY_MAX, .secret = true },
	{ .name = "ttl_s", .check = f_int, .min = 1, .max = TTL_MAX_S },
	END,
};
static const struct field wallet_rekey[] = {
	{ .name = "new_key", .check = f_text, .min = 1, .max = KEY_MAX, .secret = true },
	{ .name = "new_method", .check = f_word, .need = true, .arg = methods },
	END,
};
static const struct field wallet_export[] = {
	{ .name = "key", .check = f_text, .need = true, .min = 1, .max = KEY_MAX, .secret = true },
	{ .name = "method", .check = f_word, .need = true, .arg = export_methods },
	END,
};
static const struct field wallet_import[] = {
	{ .name = "id", .check = f_name, .need = true },
	{ .name = "blob", .check = f_sha256, .need = true },
	{ .name = "export_key", .check = f_text, .need = true, .min = 1, .max = KEY_MAX, .secret = true },
	{ .name = "method", .check = f_word, .need = true, .arg = methods },
	{ .name = "key", .check = f_text, .min = 1, .max = KEY_MAX, .secret = true },
	END,
};

static const struct field record[] = {
	WALLET,
	{ .name = "type", .check = f_text, .need = true, .min = 1, .max = NAME_MAX, .secret = true },
	{ .name = "id", .check = f_text, .need = true, .min = 1, .max = NAME_MAX, .secret = true },
	END,
};
static const struct field record_put[] = {
	{ .name = "value", .check = f_text, .need = true, .min = 0, .max = VALUE_MAX, .secret = true },
	{ .name = "tags", .check = f_object, .max = TAGS_MAX, .secret = true },
	END,
};
static const struct field record_search[] = {
	{ .name = "type", .check = f_text, .need = true, .min = 1, .max = NAME_MAX, .secret = true },
	{ .name = "query", .check = f_object, .max = TAGS_MAX, .secret = true },
	{ .name = "limit", .check = f_int, .min = 1, .max = 200 },
	{ .name = "cursor", .check = f_cursor },
	END,
};

static const struct field did_create_my[] = {
	{ .name = "did", .check = f_text, .min = 1, .max = DID_MAX },
	SEED,
	CRYPTO,
	{ .name = "cid", .check = f_bool },
	{ .name = "method_name", .check = f_text, .min = 1, .max = 64 },
	END,
};
static const struct field did[] = {
	WALLET,
	{ .name = "did", .check = f_text, .need = true, .min = 1, .max = DID_MAX },
	END,
};
static const struct field seed[] = { SEED, CRYPTO, END };
static const struct field their_did[] = {
	{ .name = "verkey", .check = f_text, .min = 1, .max = DID_MAX },
	END,
};
static const struct field page[] = { FIELD_PAGE, END };
static const struct field abbreviate[] = {
	{ .name = "did", .check = f_text, .need = true, .min = 1, .max = DID_MAX },
	{ .name = "verkey", .check = f_text, .need = true, .min = 1, .max = DID_MAX },
	END,
};

#define VERKEY	{ .name = "verkey", .check = f_text, .need = true, .min = 1, .max = DID_MAX }
#define MESSAGE	{ .name = "message", .check = f_text, .need = true, .min = 0, .max = VALUE_MAX, .secret = true }

static const struct field sign[] = { VERKEY, MESSAGE, END };
static const struct field verify[] = {
	VERKEY,
	MESSAGE,
	{ .name = "signature", .check = f_text, .need = true, .min = 1, .max = 128 },
	END,
};
static const struct field recipient = { .check = f_text, .min = 1, .max = DID_MAX };
static const struct field packing[] = {
	MESSAGE,
	{ .name = "recipients", .check = f_list, .need = true, .min = 1, .max = 100, .arg = &recipient },
	{ .name = "sender", .check = f_text, .min = 1, .max = DID_MAX },
	END,
};
static const struct field unpack[] = {
	{ .name = "envelope", .check = f_tree, .need = true, .secret = true },
	END,
};

/* ---- issuer ----------------------------------------------------------------- */
#define OBJECT(n)	{ .name = n, .check = f_tree, .need = true }
#define OBJECT_OPT(n)	{ .name = n, .check = f_tree }
#define TAG		{ .name = "tag", .check = f_text, .need = true, .min = 1, .max = NAME_MAX }
#define ISSUER		{ .name = "issuer_id", .check = f_text, .need = true, .min = 1, .max = DID_MAX }
#define DEFINITION	{ .name = "cred_def_id", .check = f_text, .need = true, .min = 1, .max = ID_MAX }
#define TIMESTAMP	{ .name = "timestamp", .check = f_int, .min = 0, .max = TIME_MAX }

static const struct field attr_name = { .check = f_text, .min = 1, .max = NAME_MAX };
static const struct field schema[] = {
	ISSUER,
	{ .name = "name", .check = f_text, .need = true, .min = 1, .max = NAME_MAX },
	{ .name = "version", .check = f_text, .need = true, .min = 1, .max = 64 },
	{ .name = "attr_names", .check = f_list, .need = true, .min = 1, .max = 125, .arg = &attr_name },
	END,
};
static const struct field definition[] = {
	WALLET,
	ISSUER,
	OBJECT("schema"),
	TAG,
	{ .name = "support_revocation", .check = f_bool },
	{ .name = "bits", .check = f_int, .min = 2048, .max = 3072 },
	{ .name = "auto", .check = f_bool },
	{ .name = "ahead", .check = f_int, .min = 0, .max = 8 },
	END,
};
static const struct field object_id[] = {
	{ .name = "id", .check = f_text, .need = true, .min = 1, .max = ID_MAX },
	END,
};
static const struct field offer[] = { WALLET, DEFINITION, END };
static const struct field issue[] = {
	WALLET,
	OBJECT("offer"),
	OBJECT("request"),
	{ .name = "values", .check = f_tree, .need = true, .secret = true },
	{ .name = "registry", .check = f_text, .min = 1, .max = ID_MAX },
	END,
};
static const struct field registry[] = {
	WALLET,
	DEFINITION,
	TAG,
	{ .name = "max_cred_num", .check = f_int, .need = true, .min = 2, .max = INDEX_MAX },
	{ .name = "issuance", .check = f_word, .arg = issuances },
	{ .name = "tails_location", .check = f_text, .min = 1, .max = 1024 },
	END,
};
static const struct field revoked_index = { .check = f_int, .min = 1, .max = INDEX_MAX };
static const struct field indices[] = {
	{ .name = "indices", .check = f_list, .need = true, .min = 1, .max = 100000, .arg = &revoked_index },
	TIMESTAMP,
	END,
};
static const struct field status_list[] = { TIMESTAMP, END };
static const struct field primes[] = {
	{ .name = "bits", .check = f_int, .min = 2048, .max = 3072 },
	END,
};

static const struct field rewrap[] = {
	{ .name = "dry_run", .check = f_bool },
	END,
};

/* ---- holder and verifier ---------------------------------------------------- */
#define LINK_SECRET	{ .name = "link_secret", .check = f_text, .need = true, .min = 1, .max = NAME_MAX }

static const struct field link_secret[] = {
	{ .name = "name", .check = f_text, .min = 1, .max = NAME_MAX },
	{ .name = "value", .check = f_text, .min = 1, .max = CRED_NUMBER_MAX, .secret = true },
	END,
};
static const struct field request[] = {
	WALLET,
	LINK_SECRET,
	OBJECT("offer"),
	OBJECT("cred_def"),
	{ .name = "entropy", .check = f_text, .min = 1, .max = KEY_MAX },
	{ .name = "prover_did", .check = f_text, .min = 1, .max = DID_MAX },
	END,
};
static const struct field store[] = {
	WALLET,
	{ .name = "credential", .check = f_tree, .need = true, .secret = true },
	OBJECT("cred_def"),
	OBJECT_OPT("rev_reg_def"),
	END,
};
static const struct field witness[] = {
	OBJECT("rev_reg_def"),
	{ .name = "index", .check = f_int, .need = true, .min = 1, .max = INDEX_MAX },
	{ .name = "status_list", .check = f_status_list, .need = true },
	OBJECT_OPT("old_state"),
	{ .name = "old_status_list", .check = f_status_list },
	{ .name = "tails", .check = f_text, .need = true, .min = 1, .max = 1024 },
	END,
};
static const struct field present[] = {
	WALLET,
	LINK_SECRET,
	OBJECT("request"),
	OBJECT("selection"),
	OBJECT("schemas"),
	OBJECT("cred_defs"),
	OBJECT_OPT("states"),
	{ .name = "self_attested", .check = f_tree, .secret = true },
	END,
};
static const struct field list = { .check = f_status_list };
#define CLAIM \
	OBJECT_OPT("request"), \
	{ .name = "presentation", .check = f_tree, .secret = true }, \
	OBJECT_OPT("schemas"), \
	OBJECT_OPT("cred_defs"), \
	OBJECT_OPT("rev_reg_defs"), \
	{ .name = "status_lists", .check = f_list, .min = 0, .max = OBJECTS_MAX, .arg = &list }, \
	{ .name = "legacy_revocation", .check = f_bool }
static const struct field claim_members[] = { CLAIM, END };
static const struct field claim = { .check = f_members, .arg = claim_members };
static const struct field verify_presentation[] = {	/* one, or a batch of such */
	CLAIM,
	{ .name = "presentations", .check = f_list, .min = 1, .max = BATCH_MAX, .arg = &claim, .secret = true },
	END,
};

/* ---- the table --------------------------------------------------------------- */
#define HALVES(id)	.begin = cred_begin, .again = cred_again, .done = cred_done, .shape = &cred_ops[id].shape
#define WAITS		.wait_s = CRED_READ_WAIT_S
#define SHAPE(p, b)	.shape = { .stmt = ST_CRED_SUBMIT, .path = p, .body = b }

const struct cred_op cred_ops[CRED_ID_MAX] = {
	[CRED_WALLET_CREATE] = { .kind = "wallet.create", .alias = "create_wallet",
	    .handler = { HALVES(CRED_WALLET_CREATE) }, SHAPE(NULL, wallet_create) },
	[CRED_WALLET_UNLOCK] = { .kind = "wallet.unlock", .alias = "open_wallet",
	    .handler = { HALVES(CRED_WALLET_UNLOCK) }, SHAPE(wallet, wallet_unlock) },
	[CRED_WALLET_LOCK] = { .kind = "wallet.lock", .alias = "close_wallet",
	    .handler = { HALVES(CRED_WALLET_LOCK) }, SHAPE(wallet, no_fields) },
	[CRED_WALLET_DELETE] = { .kind = "wallet.delete", .alias = "delete_wallet",
	    .handler = { HALVES(CRED_WALLET_DELETE) }, SHAPE(wallet, NULL) },
	[CRED_WALLET_REKEY] = { .kind = "wallet.rekey",
	    .handler = { HALVES(CRED_WALLET_REKEY) }, SHAPE(wallet, wallet_rekey) },
	[CRED_WALLET_EXPORT] = { .kind = "wallet.export", .alias = "export_wallet",
	    .handler = { HALVES(CRED_WALLET_EXPORT) }, SHAPE(wallet, wallet_export) },
	[CRED_WALLET_IMPORT] = { .kind = "wallet.import", .alias = "import_wallet",
	    .handler = { HALVES(CRED_WALLET_IMPORT) }, SHAPE(NULL, wallet_import) },
	[CRED_RECORD_PUT] = { .kind = "wallet.record_put", .alias = "add_wallet_record",
	    .handler = { HALVES(CRED_RECORD_PUT) }, SHAPE(record, record_put) },
	[CRED_RECORD_GET] = { .kind = "wallet.record_get", .alias = "get_wallet_record",
	    .handler = { HALVES(CRED_RECORD_GET), WAITS }, SHAPE(record, NULL) },
	[CRED_RECORD_DELETE] = { .kind = "wallet.record_delete", .alias = "delete_wallet_record",
	    .handler = { HALVES(CRED_RECORD_DELETE) }, SHAPE(record, NULL) },
	[CRED_RECORD_SEARCH] = { .kind = "wallet.record_search", .alias = "open_wallet_search",
	    .handler = { HALVES(CRED_RECORD_SEARCH) }, SHAPE(wallet, record_search) },
	[CRED_DID_CREATE_MY] = { .kind = "did.create_my", .alias = "create_and_store_my_did",
	    .handler = { HALVES(CRED_DID_CREATE_MY) }, SHAPE(wallet, did_create_my) },
	[CRED_DID_ROTATE_START] = { .kind = "did.rotate_start", .alias = "replace_keys_start",
	    .handler = { HALVES(CRED_DID_ROTATE_START) }, SHAPE(did, seed) },
	[CRED_DID_ROTATE_APPLY] = { .kind = "did.rotate_apply", .alias = "replace_keys_apply",
	    .handler = { HALVES(CRED_DID_ROTATE_APPLY) }, SHAPE(did, no_fields) },
	[CRED_DID_STORE_THEIR] = { .kind = "did.store_their", .alias = "store_their_did",
	    .handler = { HALVES(CRED_DID_STORE_THEIR) }, SHAPE(did, their_did) },
	[CRED_DID_GET] = { .kind = "did.get", .alias = "get_my_did_with_meta",
	    .handler = { HALVES(CRED_DID_GET), WAITS }, SHAPE(did, NULL) },
	[CRED_DID_LIST] = { .kind = "did.list", .alias = "list_my_dids_with_meta",
	    .handler = { HALVES(CRED_DID_LIST), WAITS }, .shape = { .stmt = ST_CRED_SUBMIT, .path = wallet, .query = page } },
	[CRED_DID_ABBREVIATE] = { .kind = "did.abbreviate", .alias = "abbreviate_verkey",
	    .handler = { HALVES(CRED_DID_ABBREVIATE) }, SHAPE(NULL, abbreviate) },
	[CRED_KEY_CREATE] = { .kind = "crypto.create_key", .alias = "create_key",
	    .handler = { HALVES(CRED_KEY_CREATE) }, SHAPE(wallet, seed) },
	[CRED_SIGN] = { .kind = "crypto.sign", .alias = "crypto_sign",
	    .handler = { HALVES(CRED_SIGN) }, SHAPE(wallet, sign) },
	[CRED_VERIFY] = { .kind = "crypto.verify", .alias = "crypto_verify",
	    .handler = { HALVES(CRED_VERIFY) }, SHAPE(NULL, verify) },
	[CRED_PACK] = { .kind = "crypto.pack", .alias = "pack_message",
	    .handler = { HALVES(CRED_PACK) }, SHAPE(wallet, packing) },
	[CRED_UNPACK] = { .kind = "crypto.unpack", .alias = "unpack_message",
	    .handler = { HALVES(CRED_UNPACK) }, SHAPE(wallet, unpack) },
	[CRED_SCHEMA] = { .kind = "issuer.create_schema", .alias = "issuer_create_schema",
	    .handler = { HALVES(CRED_SCHEMA) }, SHAPE(NULL, schema) },
	[CRED_DEF] = { .kind = "issuer.create_cred_def", .alias = "issuer_create_and_store_credential_def",
	    .handler = { HALVES(CRED_DEF) }, SHAPE(NULL, definition) },
	[CRED_DEF_ROTATE_START] = { .kind = "issuer.rotate_cred_def_start", .alias = "issuer_rotate_credential_def_start",
	    .handler = { HALVES(CRED_DEF_ROTATE_START) }, SHAPE(object_id, wallet) },
	[CRED_DEF_ROTATE_APPLY] = { .kind = "issuer.rotate_cred_def_apply", .alias = "issuer_rotate_credential_def_apply",
	    .handler = { HALVES(CRED_DEF_ROTATE_APPLY) }, SHAPE(object_id, wallet) },
	[CRED_OFFER] = { .kind = "issuer.create_offer", .alias = "issuer_create_credential_offer",
	    .handler = { HALVES(CRED_OFFER) }, SHAPE(NULL, offer) },
	[CRED_ISSUE] = { .kind = "issuer.create_credential", .alias = "issuer_create_credential",
	    .handler = { HALVES(CRED_ISSUE) }, SHAPE(NULL, issue) },
	[CRED_REGISTRY] = { .kind = "issuer.create_rev_reg", .alias = "issuer_create_and_store_revoc_reg",
	    .handler = { HALVES(CRED_REGISTRY) }, SHAPE(NULL, registry) },
	[CRED_REVOKE] = { .kind = "issuer.revoke", .alias = "issuer_revoke_credential",
	    .handler = { HALVES(CRED_REVOKE) }, SHAPE(object_id, indices) },
	[CRED_UNREVOKE] = { .kind = "issuer.unrevoke", .alias = "issuer_recover_credential",
	    .handler = { HALVES(CRED_UNREVOKE) }, SHAPE(object_id, indices) },
	[CRED_STATUS_LIST] = { .kind = "issuer.update_status_list",
	    .handler = { HALVES(CRED_STATUS_LIST) }, SHAPE(object_id, status_list) },
	[CRED_PRIMES] = { .kind = "primes.fill",
	    .handler = { HALVES(CRED_PRIMES) }, SHAPE(NULL, primes) },
	[CRED_REWRAP] = { .kind = "keys.rewrap",
	    .handler = { HALVES(CRED_REWRAP) }, SHAPE(NULL, rewrap) },
	[CRED_LINK_SECRET] = { .kind = "holder.create_link_secret", .alias = "prover_create_master_secret",
	    .handler = { HALVES(CRED_LINK_SECRET) }, SHAPE(wallet, link_secret) },
	[CRED_REQUEST] = { .kind = "holder.create_request", .alias = "prover_create_credential_req",
	    .handler = { HALVES(CRED_REQUEST) }, SHAPE(NULL, request) },
	[CRED_STORE] = { .kind = "holder.process_credential", .alias = "prover_store_credential",
	    .handler = { HALVES(CRED_STORE) }, SHAPE(NULL, store) },
	[CRED_WITNESS] = { .kind = "holder.revocation_state", .alias = "create_revocation_state",
	    .handler = { HALVES(CRED_WITNESS) }, SHAPE(NULL, witness) },
	[CRED_PRESENT] = { .kind = "holder.create_presentation", .alias = "prover_create_proof",
	    .handler = { HALVES(CRED_PRESENT) }, SHAPE(NULL, present) },
	[CRED_VERIFY_PRESENTATION] = { .kind = "verifier.verify_presentation", .alias = "verifier_verify_proof",
	    .handler = { HALVES(CRED_VERIFY_PRESENTATION) }, SHAPE(NULL, verify_presentation) },
};

const struct cred_op *
cred_op_find(const char *name)
{
	for (size_t i = 0; i < CRED_ID_MAX; i++)
		if (strcmp(cred_ops[i].kind, name) == 0 ||
		    (cred_ops[i].alias != NULL && strcmp(cred_ops[i].alias, name) == 0))
			return &cred_ops[i];
	return NULL;
}
