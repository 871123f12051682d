#ifndef ENVELOPE_PACK_FORM_H
#define ENVELOPE_PACK_FORM_H
/* Words and sizes of an envelope, for both directions of lib/crypt/envelope/pack.h. */
#define PACK_ENC	"xchacha20poly1305_ietf"
#define PACK_TYP	"JWM/1.0"
#define PACK_AUTH	"Authcrypt"
#define PACK_ANON	"Anoncrypt"
#define PACK_CEK	32	/* bytes of a content key */
#define PACK_X25519	32	/* bytes of a key of the boxes */
#define PACK_BOX_IV	24	/* bytes of a crypto_box's nonce */
#define PACK_BOX_MORE	16	/* bytes that crypto_box adds */
#define PACK_SEAL_MORE	48	/* bytes that a sealed box adds */
#define PACK_NAME_MAX	44	/* characters of a verkey */
#define PACK_PROTECTED_MAX (64u << 10)	/* bytes: 100 recipients take 38 KiB */
#endif
