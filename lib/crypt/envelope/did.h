#ifndef ENVELOPE_DID_H
#define ENVELOPE_DID_H
#include <stdbool.h>
#include "../ed25519.h"
#include "../secret.h"
/*
 * DIDs, verkeys and signing keys as Indy spells them.  Keys are Ed25519; a
 * verkey is base58 of the public key, and ":ed25519" may follow it.
 * Source: libindy, services/crypto and domain/crypto/did.rs.
 */
#define VERKEY_TEXT	45	/* base58 of 32 bytes and NUL */
#define DID_TEXT	256	/* the longest identifier that is taken, with NUL */
#define SIGNKEY_TEXT	89	/* base58 of 64 bytes and NUL */
#define SIGNKEY		64	/* bytes: seed, then public key */
struct did_key {
	uint8_t	pub[ED25519_KEY];
	struct secret sign;	/* SIGNKEY bytes */
};
#define DID_KEY_INIT	{ .sign = SECRET_INIT }
void did_key_release(struct did_key *k);	/* safe on zeroed */
/*
 * did_seed(out, p, n, e): the 32 bytes of a seed, tried in this order: 32 bytes
 * of UTF-8; text ending in "=" that is base64 of 32 bytes; 64 hex digits.
 * ERR_STRUCTURE for anything else.  out must be empty.
 */
#define DID_SEED	32
int did_seed(struct secret *out, const char *p, size_t n, struct err *e);
/* did_key_make(k, seed, n, e): the key of a seed, or of random bytes when seed is NULL. */
int did_key_make(struct did_key *k, const char *seed, size_t n, struct err *e);
/* did_crypto_type(s, e): ERR_UNKNOWN_CRYPTO unless s is NULL or "ed25519". */
int did_crypto_type(const char *s, struct err *e);

void verkey_text(char out[VERKEY_TEXT], const uint8_t pub[ED25519_KEY]);
/*
 * verkey_read(pub, s, e): a full verkey, suffix accepted.  ERR_STRUCTURE for
 * what is not base58 of 32 bytes, ERR_UNKNOWN_CRYPTO for another suffix.
 */
int verkey_read(uint8_t pub[ED25519_KEY], const char *s, struct err *e);
/*
 * did_of_key(out, pub, cid, method, e): base58 of the first 16 bytes of pub, of
 * all of them with cid; "did:<method>:" before it unless method is NULL.
 * ERR_STRUCTURE for a method that is not 1 to 32 of a-z and 0-9.
 */
int did_of_key(char out[DID_TEXT], const uint8_t pub[ED25519_KEY], bool cid, const char *method, struct err *e);
/*
 * did_check(s, e): ERR_STRUCTURE unless s can be a DID: base58 of 16 or 32
 * bytes, or "did:<method>:" and an identifier, which for sov is that base58.
 */
int did_check(const char *s, struct err *e);
/*
 * Abbreviation.  did_abbreviate: "~" and base58 of what follows the DID's bytes
 * in the key, or verkey as it is when it does not begin with them or the DID is
 * qualified.  did_full_verkey: the inverse; verkey NULL: the DID is the key.
 * A ":ed25519" stays.  ERR_STRUCTURE, ERR_UNKNOWN_CRYPTO.
 */
#define VERKEY_LONG	(VERKEY_TEXT + 8)	/* with suffix */
int did_abbreviate(char out[VERKEY_LONG], const char *did, const char *verkey, struct err *e);
int did_full_verkey(char out[VERKEY_LONG], const char *did, const char *verkey, struct err *e);

/* Plain detached Ed25519; verification is ed25519_verify. */
int did_sign(uint8_t sig[ED25519_SIG], const void *p, size_t n, const struct did_key *k, struct err *e);

/*
 * Values of the wallet's records: the text in *out is the value of a record
 * whose name is the DID, and for Indy::Key the verkey.  Signing keys are secret,
 * hence the wbuf.  Reading: ERR_STRUCTURE when p is not such a value.
 */
#define DID_RECORD_DID	"Indy::Did"		/* {"did","verkey"} */
#define DID_RECORD_KEY	"Indy::Key"		/* {"verkey","signkey"} */
#define DID_RECORD_NEXT	"Indy::TemporaryDid"	/* {"did","verkey"}: a rotation that was started */
#define DID_RECORD_THEIR	"Indy::TheirDid"	/* {"did","verkey"} */
struct did_pair {
	char	did[DID_TEXT], verkey[VERKEY_LONG];
};
struct wbuf;
void did_pair_write(struct wbuf *out, const struct did_pair *p);
int did_pair_read(struct did_pair *out, const char *p, size_t n, struct err *e);
int did_key_write(struct wbuf *out, const struct did_key *k, struct err *e);
int did_key_read(struct did_key *out, const char *p, size_t n, struct err *e);
#endif
