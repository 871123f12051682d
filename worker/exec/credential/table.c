#include "table.h"

#include "cred.h"
#include "x_crypto.h"
#include "x_did.h"
#include "x_holder.h"
#include "x_issuer.h"
#include "x_primes.h"
#include "x_record.h"
#include "x_rewrap.h"
#include "x_transfer.h"
#include "x_verifier.h"
#include "x_wallet.h"

/* Every kind of this service, in the order of the specification. */
const struct fork_kind *const cred_kinds[] = {
	&x_wallet_create,
	&x_wallet_unlock,
	&x_wallet_lock,
	&x_wallet_delete,
	&x_wallet_rekey,
	&x_wallet_export,
	&x_wallet_import,
	&x_record_put,
	&x_record_get,
	&x_record_delete,
	&x_record_search,
	&x_did_create_my,
	&x_did_rotate_start,
	&x_did_rotate_apply,
	&x_did_store_their,
	&x_did_get,
	&x_did_list,
	&x_did_abbreviate,
	&x_crypto_create_key,
	&x_crypto_sign,
	&x_crypto_verify,
	&x_crypto_pack,
	&x_crypto_unpack,
	&x_create_schema,
	&x_create_cred_def,
	&x_rotate_start,
	&x_rotate_apply,
	&x_create_offer,
	&x_create_credential,
	&x_create_rev_reg,
	&x_revoke,
	&x_unrevoke,
	&x_update_status_list,
	&x_primes_fill,
	&x_keys_rewrap,
	&x_create_link_secret,
	&x_create_request,
	&x_process_credential,
	&x_revocation_state,
	&x_create_presentation,
	&x_verify_presentation,
	&x_tails_verify,
};

const size_t cred_n_kinds = sizeof(cred_kinds) / sizeof(cred_kinds[0]);
