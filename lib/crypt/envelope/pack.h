#ifndef ENVELOPE_PACK_H
#define ENVELOPE_PACK_H
#include "../../base/buf.h"
#include "../wbuf.h"
#include "did.h"
/*
 * Packed messages, as Indy's pack_message makes them:
 *   {"protected","iv","ciphertext","tag"}, base64url with padding
 * The body is ChaCha20-Poly1305 with a 12-byte nonce (although enc reads
 * xchacha20poly1305_ietf) under a random content key; the text of protected is
 * its associated data.  protected is base64url of
 *   {"enc","typ":"JWM/1.0","alg":"Authcrypt"|"Anoncrypt","recipients":[{"encrypted_key","header":{"kid","sender"?,"iv"?}}]}
 * Authcrypt: the content key in a crypto_box from the sender's key, whose
 * verkey text is a sealed box in header.sender.  Anoncrypt: in a sealed box.
 * Ed25519 keys are converted to X25519.  Source: Aries RFC 0019; libindy,
 * commands/crypto.rs.
 */
#define PACK_RECIPIENTS	100
#define PACK_MESSAGE_MAX (1u << 20)	/* bytes */
#define PACK_TEXT_MAX	(2u << 20)	/* bytes of an envelope */
/*
 * pack_message(out, p, n, to, n_to, sender, e): append the envelope's text.
 * sender NULL: Anoncrypt.  ERR_STRUCTURE: no, too many or impossible recipients
 * (recipients[i]); ERR_PAST_LIMIT: the message.
 */
int pack_message(struct buf *out, const void *p, size_t n, const uint8_t (*to)[ED25519_KEY], size_t n_to,
    const struct did_key *sender, struct err *e);
/*
 * Unpacking.  packed_parse reads the envelope and its recipients: ERR_STRUCTURE
 * naming the member, ERR_PAST_LIMIT.  The caller looks up the key of a verkey
 * kid[i] that its wallet has; packed_open then opens the message with it into
 * out and names the sender: "" for Anoncrypt.  ERR_CRYPTO_REFUSED, with one
 * message, for whatever does not open.
 */
struct packed {
	size_t	n;				/* recipients */
	char	(*kid)[VERKEY_TEXT];		/* of each */
	bool	authcrypt;
	struct packed_parts *parts;
};
#define PACKED_INIT	{ .n = 0 }
int packed_parse(struct packed *v, const char *p, size_t n, struct err *e);
int packed_open(struct wbuf *out, char sender[VERKEY_TEXT], const struct packed *v, size_t i,
    const struct did_key *key, struct err *e);
void packed_release(struct packed *v);	/* safe on zeroed */
#endif
